import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Several stores on one folder, as with two servers.
struct SharedFolderTests {
    @Test func aSecondFetchWaitsForTheFirst() async throws {
        let gate = Gate()
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                let url = "url: \(server.url("/v.tgz"))"
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let (first, entry) = try folder.store(download: url) { if $0.received > 0 { told.yield() } }
                async let here = first.prepare(entry, waitingUpTo: .seconds(300))
                await halves.first { _ in true }

                let (waits, waiting) = AsyncStream.makeStream(of: DownloadProgress.self)
                let (second, same) = try folder.store(download: url) { waiting.yield($0) }
                #expect(await second.status(of: same) == .downloading(percent: bytes.count % 2 == 0 ? 50 : 49))
                async let there = second.prepare(same, waitingUpTo: .seconds(300))
                let wait = await waits.first { _ in true }
                #expect(wait?.phase == .waiting)
                #expect(wait?.received == Int64(bytes.count / 2))
                gate.open()
                #expect(try await here == there)
                #expect(server.asks.count == 1)
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func aWaitingFetchTakesOverWhenTheFirstFails() async throws {
        let gate = Gate()
        let bytes = try TestArchive.make(voiceArchive)
        let answers = [
            FileServer.Answer.stalled(gate, Array(bytes.prefix(100)), promised: bytes.count),
            .ranged(bytes, tag: "\"1\""),
        ]
        try await withFileServer(["/v.tgz": .inTurn(answers)]) { server in
            try await withTemporaryFolder { folder in
                let url = "url: \(server.url("/v.tgz"))"
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let (first, entry) = try folder.store(
                    download: url, settings: .quick { $0.fruitlessTries = 1 }
                ) { if $0.received > 0 { told.yield() } }
                let failing = Task { try await first.prepare(entry, waitingUpTo: .seconds(300)) }
                await halves.first { _ in true }
                let (second, same) = try folder.store(download: url)
                async let there = second.prepare(same, waitingUpTo: .seconds(300))
                await first.shutDown()
                gate.open()
                await #expect(throws: ModelError.self) { try await failing.value }
                _ = try await there
                #expect(server.asks.map(\.range) == [nil, "bytes=100-"])
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    /// The state after a process was killed between moving the model into place and cleaning up.
    @Test func aLeftoverDownloadOfACompleteModelIsRemoved() async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(download: "url: http://127.0.0.1:9/v.tgz")
            for name in ["voice/m.onnx", "voice/tokens.txt", ".incoming-voice/download", ".incoming-voice/lock"] {
                try folder.write("x", to: "asr2clip/models/" + name)
            }
            _ = try await store.prepare(entry, waitingUpTo: .zero)
            try #expect(
                folder.contents == [
                    "asr2clip", "asr2clip/models", "asr2clip/models/voice", "asr2clip/models/voice/m.onnx",
                    "asr2clip/models/voice/tokens.txt",
                ])
        }
    }

    @Test func aStagingFolderHasOneOwnerAtATime() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "claim-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = folder + "/voice"
        #expect(!StagingFolder.isOwned(for: place))
        if let owner = try StagingFolder.claim(for: place) {
            #expect(StagingFolder.isOwned(for: place))
            #expect(try StagingFolder.claim(for: place) == nil)
            owner.remove()
        } else {
            Issue.record("Nobody has the folder, and it cannot be claimed.")
        }
        #expect(!StagingFolder.isOwned(for: place))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
}
