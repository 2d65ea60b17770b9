import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Downloads that are asked for by themselves, not for a transcription.
struct PullTests {
    /// An archive needs room for what is still to come and for three times its size.
    @Test(arguments: [(4000, true), (3999, false)])
    func theSizeInTheRegistryIsCheckedBeforeTheServerIsAsked(free: Int64, isAccepted: Bool) async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(
                download: "url: http://127.0.0.1:9/v.tgz, size: 1000", settings: .quick { $0.freeSpace = { _ in free } }
            )
            if isAccepted {
                try await store.checkPull(entry)
            } else {
                let error = await #expect(throws: ModelError.self) { try await store.pull(entry) }
                #expect(error?.code == .storageFull)
                #expect(error?.message.contains("voice needs about 4.0 kB on the disk of models") == true, "\(error!)")
                #expect(await store.status(of: entry) == .missing(files: ["m.onnx", "tokens.txt"]))
            }
        }
    }

    /// An archive is no larger than its content.
    @Test(arguments: [(2000, true), (1999, false)])
    func theSizeOfTheContentIsCheckedIfThatOfTheArchiveIsUnknown(free: Int64, isAccepted: Bool) async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(
                download: "url: http://127.0.0.1:9/v.tgz", settings: .quick { $0.freeSpace = { _ in free } })
            if isAccepted {
                try await store.checkPull(entry, contentSize: 1000)
            } else {
                let error = await #expect(throws: ModelError.self) {
                    try await store.checkPull(entry, contentSize: 1000)
                }
                #expect(error?.code == .storageFull)
            }
        }
    }

    @Test func whatHasArrivedNeedsNoMoreRoom() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        let gate = Gate()
        defer { gate.open() }
        let half = Array(bytes.prefix(bytes.count / 2))
        let answers = [FileServer.Answer.stalled(gate, half, promised: bytes.count), .ranged(bytes, tag: "\"1\"")]
        try await withFileServer(["/v.tgz": .inTurn(answers)]) { server in
            try await withTemporaryFolder { folder in
                let url = "url: \(server.url("/v.tgz"))"
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let (first, entry) = try folder.store(download: url) { if $0.received == half.count { told.yield() } }
                try await first.pull(entry)
                await halves.first { _ in true }
                await first.shutDown()

                let needed = Int64(bytes.count - half.count + 3 * bytes.count)
                for (free, isAccepted) in [(needed - 1, false), (needed, true)] {
                    let (store, entry) = try folder.store(
                        download: url, settings: .quick { $0.freeSpace = { _ in free } })
                    if isAccepted {
                        try await store.checkPull(entry)
                    } else {
                        let error = await #expect(throws: ModelError.self) { try await store.checkPull(entry) }
                        #expect(error?.code == .storageFull)
                    }
                }
            }
        }
    }

    @Test func theSizeThatTheServerStatesIsCheckedWhileTheCallerWaits() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .ranged(bytes, tag: nil)]) { server in
            try await withTemporaryFolder { folder in
                let free = Int64(4 * bytes.count - 1)
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", settings: .quick { $0.freeSpace = { _ in free } })
                // The second time, the failure is remembered.
                for _ in 0..<2 {
                    let error = await #expect(throws: ModelError.self) { try await store.pull(entry) }
                    #expect(error?.code == .storageFull)
                }
                #expect(server.asks.count == 1)
                // For a transcription, it is a failure like others.
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.code == .failed)
            }
        }
    }

    @Test func aServerThatDoesNotAnswerIsNotWaitedForUntilTheEnd() async throws {
        try await withTestServer(serving: { connection in
            try await connection.executeThenClose { incoming, _ in for try await _ in incoming {} }
        }) { port in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: http://127.0.0.1:\(port)/v.tgz")
                try await store.pull(entry)
                #expect(await store.status(of: entry) == .downloading(percent: nil))
                await store.shutDown()
                let error = await #expect(throws: ModelError.self) { try await store.pull(entry) }
                #expect(error?.code == .notReady)
            }
        }
    }
}
