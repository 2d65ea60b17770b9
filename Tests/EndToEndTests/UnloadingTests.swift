import Foundation
import TestSupport
import Testing

/// Models that are unloaded because they are unused, or because others need the memory.
@Suite(.serialized)
struct UnloadingTests {
    private static let stop = #"{"text": "stop"}"#

    private func withHealthyServer(
        _ models: [TestRegistry.Model], settings: [String: String] = [:], _ arguments: [String] = [],
        _ body: (ServerProcess, APIClient) async throws -> Void
    ) async throws {
        var registry = TestRegistry(models)
        registry.settings = settings
        try await withServer(.init(registry, arguments)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await body(server, client)
            // None of this counts as a crash.
            #expect(!server.process.standardError.contains("The engine ended."))
        }
    }

    private func expectStop(from model: String, _ client: APIClient) async throws {
        #expect(try await client.transcribe("en_word_16k.wav", ["model": model]).body == Self.stop, "\(model)")
    }

    /// The names of the loaded models.
    private func loaded(_ client: APIClient) async throws -> [String] {
        try await client.engines().filter { $0.status == "loaded" }.map(\.model).sorted()
    }

    @Test func anIdleModelIsUnloadedAndReloadedOnRequest() async throws {
        try await withHealthyServer([.paraformer, .whisper], ["--keep-alive", "0"]) { server, client in
            let before = server.engines
            #expect(before.count == 1)
            for _ in 0..<2 {
                try await expectStop(from: "whisper", client)
                try await eventually("its process is gone") { server.engines == before }
                try await eventually("it is said") { try await client.status(of: "whisper") == "unloaded" }
            }
            #expect(try await loaded(client) == ["paraformer"])
            try await expectStop(from: "paraformer", client)
            #expect(server.engines == before)
            try await eventually("it is in the log") {
                server.process.standardError.contains("The model was unloaded.")
            }
        }
    }

    @Test func anEditedKeepAliveAppliesAtOnce() async throws {
        var registry = TestRegistry([.paraformer, .whisper])
        registry.settings["keep_alive"] = "never"
        try await withServer(.init(registry)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let before = server.engines
            try await expectStop(from: "whisper", client)
            #expect(server.engines.count == 2)
            #expect(try await client.engines().map(\.expiresAt) == [nil, nil])
            registry.settings["keep_alive"] = "1s"
            _ = try server.folder.write(registry)
            try await eventually("the idle model ends, the default one stays") { server.engines == before }
        }
    }

    @Test func aBadKeepAliveIsReportedAndTheDefaultApplies() async throws {
        try await withHealthyServer([.paraformer, .whisper], settings: ["keep_alive": "soon"]) { server, client in
            let message =
                "/models.yaml:2: 'keep_alive' must be a time such as 30s, 15m or 2h, 0, or never, not 'soon'; "
            try await eventually("it is in the log") {
                server.process.standardError.contains(message + "write keep_alive: 15m.")
            }
            try await expectStop(from: "whisper", client)
            let whisper = try #require(try await client.engines().last)
            #expect(whisper.model == "whisper")
            #expect(try #require(whisper.expiresAt) - #require(whisper.idleSince) == 900)
        }
    }

    @Test func psShowsWhenAModelWillBeUnloaded() async throws {
        try await withHealthyServer([.paraformer, .whisper], ["--keep-alive", "2h"]) { server, client in
            try await expectStop(from: "whisper", client)
            let engines = try await client.engines()
            #expect(engines.map(\.model) == ["paraformer", "whisper"])
            #expect(engines.first?.expiresAt == nil)
            let table = try await runToEnd(
                ServerProcess.path(of: "asr2clip"), ["ps", "--url", server.url],
                environment: server.folder.environment)
            let lines = table.output.split(separator: "\n")
            #expect(lines.last?.hasPrefix("whisper") == true)
            #expect(try /1 h 59 min$/.firstMatch(in: lines.last ?? "") != nil, "\(table.output)")
        }
    }

    @Test func theLeastRecentlyUsedModelIsUnloadedBeforeTheDefault() async throws {
        try await withHealthyServer(
            [.paraformer, .whisper, .senseVoice, .transducer], ["--max-loaded-models", "3"]
        ) { server, client in
            try await expectStop(from: "whisper", client)
            try await expectStop(from: "sense_voice", client)
            try await expectStop(from: "whisper", client)
            #expect(try await loaded(client) == ["paraformer", "sense_voice", "whisper"])
            let body = try await client.transcribe("en_word_16k.wav", ["model": "transducer"]).body
            #expect(body == #"{"text": "STOP"}"#)
            #expect(try await loaded(client) == ["paraformer", "transducer", "whisper"])
            #expect(server.engines.count == 3)
            try await expectStop(from: "sense_voice", client)
            #expect(try await loaded(client) == ["paraformer", "sense_voice", "transducer"])
        }
    }

    /// If there is room for only one model, the default model is unloaded too. It is loaded again when there is room; a
    /// health request does not load it sooner.
    @Test func theDefaultModelIsUnloadedLastAndReloaded() async throws {
        var registry = TestRegistry([.paraformer, .whisper])
        registry.settings["max_loaded_models"] = "1"
        try await withServer(.init(registry)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let before = server.engines
            try await expectStop(from: "whisper", client)
            #expect(server.engines.count == 1 && server.engines != before)
            for path in ["/health", "/health/ready"] {
                #expect(try await client.get(path).body == #"{"status": "ok"}"#)
            }
            #expect(try await client.status(of: "paraformer") == "unloaded")
            try await expectStop(from: "paraformer", client)
            #expect(try await loaded(client) == ["paraformer"])
            try await expectStop(from: "whisper", client)
            #expect(try await loaded(client) == ["whisper"])
            registry.settings["keep_alive"] = "0"
            _ = try server.folder.write(registry)
            try await eventually("the default model is back") { try await loaded(client) == ["paraformer"] }
            #expect(server.engines.count == 1)
        }
    }

    @Test func aModelWaitsForMemoryWhileAllOthersAreBusy() async throws {
        try await withHealthyServer(
            [.paraformer, .whisper], ["--max-loaded-models", "1", "--model-wait", "2s"]
        ) { server, client in
            let engine = server.engines
            let request = try await client.whileStopped("paraformer") { _ in
                let request = Task { try await client.transcribe("en_word_16k.wav", ["model": "paraformer"]) }
                try await client.waitUntilInHand(1, of: "paraformer")
                let refused = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
                try expectError(refused, 503, "model_not_ready", parameter: "model")
                #expect(refused.headers["retry-after"] == "5")
                #expect(try refused.error.message.contains("max_loaded_models"))
                #expect(server.engines == engine)
                return request
            }
            #expect(try await request.value.body == Self.stop)
            try await eventually("the other model gets its turn") {
                try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == Self.stop
            }
            #expect(server.engines.count == 1 && server.engines != engine)
        }
    }

    /// Three models share room for one while each has requests.
    @Test func moreModelsThanFitTakeTurnsWithoutLosingRequests() async throws {
        let models = [TestRegistry.Model.paraformer, .whisper, .senseVoice]
        try await withHealthyServer(models, ["--max-loaded-models", "1"]) { server, client in
            try await withThrowingTaskGroup { group in
                for number in 0..<12 {
                    group.addTask { try await expectStop(from: models[number % 3].name, client) }
                }
                try await group.waitForAll()
            }
            #expect(server.engines.count == 1)
        }
    }

    /// Engines are ended between requests, and while new ones arrive.
    @Test func requestsDuringUnloadingAreServed() async throws {
        try await withHealthyServer([.paraformer, .whisper], ["--keep-alive", "0"]) { server, client in
            let before = server.engines
            try await withThrowingTaskGroup { group in
                for line in 0..<3 {
                    group.addTask {
                        for round in 0..<6 {
                            try await expectStop(from: "whisper", client)
                            try await Task.sleep(for: .milliseconds(7 * line * round))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await eventually("only the default model is left") { server.engines == before }
        }
    }
}
