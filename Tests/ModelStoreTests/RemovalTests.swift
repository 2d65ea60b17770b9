import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Deletes only downloaded files.
struct RemovalTests {
    /// Runs `body` with a store whose model `voice` has just been downloaded.
    private func withFetched(
        _ body: (ModelLibrary, ModelEntry, TemporaryFolder) async throws -> Void
    ) async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try await body(store, entry, folder)
            }
        }
    }

    @Test func downloadedFilesAndTheirFoldersAreRemoved() async throws {
        try await withFetched { store, entry, folder in
            let removed = try await store.remove(entry)
            #expect(
                removed.files.map { $0.dropFirst(entry.directory.count + 1) } == [
                    "m.onnx", "tokens.txt", "test_wavs/en.wav",
                ])
            #expect(removed.bytes > 19)
            try #expect(folder.contents == emptyModelsFolder)
            #expect(await store.status(of: entry) == .missing(files: ["m.onnx", "tokens.txt"]))
            _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
            try #expect(folder.contents == voiceFiles)
        }
    }

    @Test func addedAndChangedFilesStay() async throws {
        try await withFetched { store, entry, folder in
            try folder.write("mine", to: "asr2clip/models/voice/notes.txt")
            try folder.write("my own tokens", to: "asr2clip/models/voice/tokens.txt")
            _ = try await store.remove(entry)
            try #expect(
                folder.contents == emptyModelsFolder + [
                    "asr2clip/models/voice", "asr2clip/models/voice/notes.txt", "asr2clip/models/voice/tokens.txt",
                ])
        }
    }

    @Test func filesPlacedByHandAreNotRemoved() async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(download: "url: http://127.0.0.1:9/v.tgz")
            try folder.write("m", to: "asr2clip/models/voice/m.onnx")
            let before = try folder.contents
            let error = await #expect(throws: ModelError.self) { try await store.remove(entry) }
            #expect(error?.code == .notRemovable)
            #expect(error?.message.contains("were not downloaded by asr2clip") == true, "\(error?.message ?? "")")
            try #expect(folder.contents == before)
        }
    }

    @Test func nothingToDeleteIsAnError() async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(download: "url: http://127.0.0.1:9/v.tgz")
            let error = await #expect(throws: ModelError.self) { try await store.checkRemovable(entry) }
            #expect(error?.description.contains("has no files to delete in \(entry.directory)") == true)
        }
    }

    @Test func aModelOutsideTheModelsRootIsNotRemoved() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", dir: folder.path + "/elsewhere")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try folder.write("", to: "asr2clip/models/here")
                let before = try folder.contents
                let error = await #expect(throws: ModelError.self) { try await store.remove(entry) }
                #expect(error?.message.contains("is not below the models folder") == true)
                try #expect(folder.contents == before)
            }
        }
    }

    @Test(arguments: ["/etc/hostname", "../../outside", "away/outside", ""])
    func aRecordCannotDeleteFilesOutsideTheModel(path: String) async throws {
        try await withFetched { store, entry, folder in
            try folder.write("mine", to: "asr2clip/outside")
            try FileManager.default.createSymbolicLink(
                atPath: entry.directory + "/away", withDestinationPath: folder.path + "/asr2clip")
            let record = DownloadRecord(source: "x", sha256: "x", files: [path: 4, "m.onnx": 9])
            try record.write(in: entry.directory)
            _ = try await store.remove(entry)
            #expect(folder.text("asr2clip/outside") == "mine")
            #expect(FileManager.default.fileExists(atPath: "/etc/hostname"))
        }
    }

    @Test func aModelBeingFetchedIsNotRemoved() async throws {
        let gate = Gate()
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))") { progress in
                    if progress.received > 0 { told.yield() }
                }
                async let fetched = store.prepare(entry, waitingUpTo: .seconds(300))
                await halves.first { _ in true }
                let (other, same) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                let error = await #expect(throws: ModelError.self) { try await other.remove(same) }
                #expect(error?.code == .notReady)
                gate.open()
                _ = try await fetched
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func anInterruptedDownloadIsRemoved() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        let answers = [FileServer.Answer.ranged(bytes, tag: "\"1\"", cutAfter: 100), .status(503)]
        try await withFileServer(["/v.tgz": .inTurn(answers)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", settings: .quick { $0.fruitlessTries = 1 })
                await #expect(throws: ModelError.self) { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
                #expect(try await store.remove(entry) == RemovedModel(files: [], bytes: 100))
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
            }
        }
    }
}
