import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Registries that are edited while a model is downloaded.
struct EditedFetchTests {
    private static func archive(_ model: String, folder: String = "v") throws -> [UInt8] {
        try TestArchive.make([.file("\(folder)/m.onnx", model), .file("\(folder)/tokens.txt", "t")])
    }

    /// Runs `body` with a stalled download of `/old.tgz` and its store.
    private func withHalfAFetch(
        _ body: (FileServer, TemporaryFolder, ModelLibrary, ModelEntry, Gate) async throws -> Void
    ) async throws {
        let gate = Gate()
        defer { gate.open() }
        let answers: [String: FileServer.Answer] = [
            "/old.tgz": .gated(gate, try Self.archive("old")), "/new.tgz": .bytes(try Self.archive("new")),
        ]
        try await withFileServer(answers) { server in
            try await withTemporaryFolder { folder in
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let (store, entry) = try folder.store(download: "url: \(server.url("/old.tgz"))") { progress in
                    if progress.received > 0 { told.yield() }
                }
                await #expect(throws: ModelError.self) { try await store.prepare(entry, waitingUpTo: .zero) }
                await halves.first { _ in true }
                try await body(server, folder, store, entry, gate)
                await store.shutDown()
            }
        }
    }

    private let place = "asr2clip/models/voice/m.onnx"

    @Test(arguments: [false, true])
    func aChangedURLIsFetchedForWaitingCallers(opensBefore: Bool) async throws {
        try await withHalfAFetch { server, folder, store, entry, gate in
            async let waiting = store.prepare(entry, waitingUpTo: .seconds(300))
            // Some requests are made before the edit, some after it.
            try await Task.sleep(for: .milliseconds(20))
            let edited = try folder.registry(download: "url: \(server.url("/new.tgz"))")
            await store.use(edited)
            if opensBefore { gate.open() }
            let now = try #require(edited.entries.first)
            async let late = store.prepare(now, waitingUpTo: .seconds(300))
            #expect(try await [waiting, late] == [now.specification, now.specification])
            #expect(folder.text(place) == "new")
            #expect(server.asks.map(\.path) == ["/old.tgz", "/new.tgz"])
            gate.open()
            try #expect(folder.contents.allSatisfy { !$0.contains(".incoming") })
        }
    }

    @Test func aChangedURLIsFetchedWithoutWaitingCallers() async throws {
        try await withHalfAFetch { server, folder, store, _, _ in
            await store.use(try folder.registry(download: "url: \(server.url("/new.tgz"))"))
            try await eventually("the new file") { folder.text(place) == "new" }
            #expect(server.asks.map(\.path) == ["/old.tgz", "/new.tgz"])
        }
    }

    @Test func anEditRevertedAtOnceFailsNoCaller() async throws {
        try await withHalfAFetch { server, folder, store, entry, gate in
            let waiting = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
            try await Task.sleep(for: .milliseconds(20))
            let before = await store.registry
            let edited = try folder.registry(download: "url: \(server.url("/new.tgz"))")
            for _ in 0..<50 {
                await store.use(edited)
                await store.use(before)
            }
            gate.open()
            #expect(try await waiting.value == entry.specification)
            #expect(folder.text(place) == "old")
            await store.shutDown()
            try #expect(folder.contents.allSatisfy { !$0.contains(".incoming") })
        }
    }

    /// A name or an alias does not affect the files.
    @Test func anUnrelatedEditDoesNotDisturbTheFetch() async throws {
        try await withHalfAFetch { server, folder, store, entry, gate in
            async let waiting = store.prepare(entry, waitingUpTo: .seconds(300))
            let yaml = """
                aliases: {v: voice}
                num_threads: 2
                models:
                  voice:
                    type: sense_voice
                    dir: voice
                    files: {model: m.onnx, tokens: tokens.txt}
                    options: {use_itn: true}
                    download: {url: "\(server.url("/old.tgz"))"}
                """
            let edited = try ModelRegistry.parse(yaml, file: "models.yaml", paths: folder.paths)
            await store.use(edited)
            gate.open()
            // A request keeps the options with which it started, unless it looks the model up again.
            let specification = try await waiting
            #expect(specification == entry.specification || specification == edited.entries.first?.specification)
            #expect(folder.text(place) == "old")
            #expect(server.asks.map(\.path) == ["/old.tgz"])
        }
    }

    @Test func theFetchOfARemovedEntryEndsAndLeavesNothing() async throws {
        try await withHalfAFetch { _, folder, store, entry, _ in
            let waiting = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
            try await Task.sleep(for: .milliseconds(20))
            await store.use(try ModelRegistry.parse("models: {}", file: "models.yaml", paths: folder.paths))
            let error = await #expect(throws: ModelError.self) { try await waiting.value }
            #expect(error?.code == .notFound)
            try await eventually("the removal") { try folder.contents == ["asr2clip", "asr2clip/models"] }
        }
    }

    @Test func aDeletedPartialDownloadIsNotResumed() async throws {
        try await withHalfAFetch { _, folder, store, entry, _ in
            let waiting = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
            try await Task.sleep(for: .milliseconds(20))
            await store.use(try folder.registry(download: nil))
            let error = await #expect(throws: ModelError.self) { try await waiting.value }
            #expect(error?.message.contains("has no download") == true, "\(error as Any)")
        }
    }

    /// Other files of the same archive: the downloaded part of it is used.
    @Test func otherFilesOfTheSameArchiveAreFetchedFromItsURL() async throws {
        let bytes = try TestArchive.make([
            .file("v/m.onnx", "float"), .file("v/m.int8.onnx", "int8"), .file("v/tokens.txt", "t"),
        ])
        let gate = Gate()
        defer { gate.open() }
        let answers = [
            FileServer.Answer.stalled(gate, Array(bytes.prefix(100)), promised: bytes.count),
            .ranged(bytes, tag: "\"1\""),
        ]
        try await withFileServer(["/v.tgz": .inTurn(answers)]) { server in
            try await withTemporaryFolder { folder in
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let url = "url: \(server.url("/v.tgz"))"
                let (store, entry) = try folder.store(download: url) { if $0.received > 0 { told.yield() } }
                async let waiting = store.prepare(entry, waitingUpTo: .seconds(300))
                await halves.first { _ in true }
                let edited = try folder.registry(download: url, model: "m.int8.onnx")
                await store.use(edited)
                let specification = try await waiting
                #expect(specification == entry.specification || specification == edited.entries.first?.specification)
                #expect(folder.text("asr2clip/models/voice/m.int8.onnx") == "int8")
                #expect(server.asks.map(\.range) == [nil, "bytes=100-"])
                await store.shutDown()
            }
        }
    }
}
