import EngineHost
import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// The results for callers of a store, also for concurrent ones.
struct ModelStoreTests {
    @Test(arguments: [
        ("voice", "voice"), ("v", "voice"),
    ])
    func modelsAreFoundByNameAndAlias(name: String, found: String) async throws {
        #expect(try await Self.someStore().resolve(name).name == found)
    }

    @Test(arguments: [
        ("nope", ModelError.Code.notFound, "There is no model 'nope'; registered are voice, b, v."),
        ("bad", .failed, "models.yaml:5: Model 'bad': Unknown type 'x'; write one of"),
        ("b", .failed, "models.yaml:5: Model 'bad'"),
        ("astray", .failed, "models.yaml:1: Alias 'astray': 'gone' is no model"),
        ("Voice", .notFound, "no model 'Voice'"),
    ])
    func unknownNamesAreExplained(name: String, code: ModelError.Code, part: String) async throws {
        let store = try Self.someStore()
        let error = await #expect(throws: ModelError.self) { try await store.resolve(name) }
        #expect(error?.code == code)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    private static func someStore() throws -> ModelLibrary {
        let yaml = """
            aliases: {v: voice, b: bad, astray: gone}
            models:
              voice: {type: sense_voice, dir: v, files: {model: m, tokens: t}}
              bad:
                type: x
                dir: d
                files: {model: m}
            """
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        let registry = try ModelRegistry.parse(yaml, file: "models.yaml", paths: paths)
        return ModelLibrary(registry: registry, paths: paths, proxies: .none, engine: .built, logger: .silent)
    }

    @Test func missingFilesWithoutADownloadAreNamedWithTheirPath() async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(download: nil)
            try folder.write("t", to: "asr2clip/models/voice/tokens.txt")
            let error = await #expect(throws: ModelError.self) {
                try await store.prepare(entry, waitingUpTo: .seconds(1))
            }
            #expect(error?.code == .failed)
            #expect(error?.message.contains("lacks m.onnx and has no download") == true)
            #expect(error?.message.contains("Put it at voice/m.onnx, or add") == true, "\(error?.message ?? "")")
            #expect(error?.description.contains("Put it at \(entry.directory)/m.onnx, or add") == true)
            try folder.write("m", to: "asr2clip/models/voice/m.onnx")
            #expect(try await store.prepare(entry, waitingUpTo: .zero) == entry.specification)
        }
    }

    @Test func concurrentCallersShareOneFetch() async throws {
        let gate = Gate()
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                async let first = store.prepare(entry, waitingUpTo: .seconds(300))
                async let second = store.prepare(entry, waitingUpTo: .seconds(300))
                async let third = store.prepare(entry, waitingUpTo: .seconds(300))
                async let fourth = store.prepare(entry, waitingUpTo: .seconds(300))
                let impatient = Task { try await store.prepare(entry, waitingUpTo: .milliseconds(50)) }
                let error = await #expect(throws: ModelError.self) { try await impatient.value }
                #expect(error?.code == .notReady)
                #expect(error?.retryAfter != nil)
                gate.open()
                let specifications = try await [first, second, third, fourth]
                #expect(specifications == Array(repeating: entry.specification, count: 4))
                #expect(server.asks.count == 1)
                #expect(try await store.prepare(entry, waitingUpTo: .zero) == entry.specification)
            }
        }
    }

    @Test func aCallerThatTimesOutGetsTheProgressAndTheFetchContinues() async throws {
        let gate = Gate()
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (halves, told) = AsyncStream.makeStream(of: Int.self)
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))") { progress in
                    if let percent = progress.percent, percent > 0 { told.yield(percent) }
                }
                await #expect(throws: ModelError.self) { try await store.prepare(entry, waitingUpTo: .zero) }
                let percent = try #require(await halves.first { _ in true })
                #expect((49...50).contains(percent))
                #expect(await store.status(of: entry) == .downloading(percent: percent))
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .zero)
                }
                #expect(error?.code == .notReady)
                #expect(error?.message.contains("\(percent) %") == true, "\(error?.message ?? "")")
                gate.open()
                #expect(try await store.prepare(entry, waitingUpTo: .seconds(300)) == entry.specification)
                #expect(server.asks.count == 1)
            }
        }
    }

    @Test func aCancelledCallerLeavesTheFetchToTheOthers() async throws {
        let gate = Gate()
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                let leaving = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
                async let staying = store.prepare(entry, waitingUpTo: .seconds(300))
                try await Task.sleep(for: .milliseconds(50))
                leaving.cancel()
                await #expect(throws: ModelError.self) { try await leaving.value }
                gate.open()
                #expect(try await staying == entry.specification)
                #expect(server.asks.count == 1)
            }
        }
    }

    @Test(arguments: [(Duration.seconds(3600), 1), (.zero, 3)])
    func aFailedFetchIsRetriedAfterAnInterval(retryInterval: Duration, fetches: Int) async throws {
        try await withFileServer([:]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", settings: .quick { $0.retryInterval = retryInterval })
                for _ in 1...3 {
                    await #expect(throws: ModelError.self) {
                        try await store.prepare(entry, waitingUpTo: .seconds(300))
                    }
                }
                #expect(server.asks.count == fetches)
            }
        }
    }

    @Test func shuttingDownEndsTheFetchAndLeavesNothing() async throws {
        let gate = Gate()
        defer { gate.open() }
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (halves, told) = AsyncStream.makeStream(of: Void.self)
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))") { progress in
                    if progress.received > 0 { told.yield() }
                }
                let waiting = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
                await halves.first { _ in true }
                #expect(try folder.contents.contains { $0.hasSuffix("/download") })
                await store.shutDown()
                let error = await #expect(throws: ModelError.self) { try await waiting.value }
                #expect(error?.code == .notReady)
                #expect(error?.message.contains("shutting down") == true)
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
                await #expect(throws: ModelError.self) { try await store.prepare(entry, waitingUpTo: .seconds(1)) }
                #expect(server.asks.count == 1)
            }
        }
    }
}
