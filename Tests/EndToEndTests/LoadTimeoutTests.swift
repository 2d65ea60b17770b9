import Foundation
import TestSupport
import Testing

/// Models whose engines hang while they load.
@Suite(.serialized)
struct LoadTimeoutTests {
    /// A model with a named pipe without a writer as a file, so that reading it never ends.
    private struct StuckModel {
        let workshop: Workshop
        let model: TestRegistry.Model
        private let path: String

        init() throws {
            workshop = try Workshop()
            model = try workshop.copy(.hotwords, as: "stuck")
            path = workshop.path("stuck", "bpe.vocab")
            try FileManager.default.removeItem(atPath: path)
            guard mkfifo(path, 0o600) == 0 else { throw NeverHappened("\(path) cannot be made") }
        }

        func repair() throws {
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: Fixtures.model("transducer", "bpe.vocab"), toPath: path)
        }
    }

    @Test func aHangingLoadFailsAndTheDefaultModelReturns() async throws {
        let stuck = try StuckModel()
        try await withServer(
            .init(TestRegistry([.paraformer, stuck.model]), ["--load-timeout", "1s", "--max-loaded-models", "1"])
        ) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let answer = try await client.transcribe("en_word_16k.wav", ["model": "stuck"])
            try expectError(answer, 503, "model_failed", parameter: "model")
            #expect(try answer.error.message.contains("not loaded within 1 s (--load-timeout)"))
            #expect(answer.headers["x-should-retry"] == "false")
            #expect(try await client.get("/v1/models/stuck").body.contains(#""status": "failed""#))
            let other = try await client.transcribe("en_word_16k.wav", ["model": "paraformer"])
            #expect(other.body == #"{"text": "stop"}"#)
            #expect(server.engines.count == 1)
        }
    }

    /// The load is retried as after a crash, and the waiting request gets its response.
    @Test func anEngineStoppedWhileLoadingIsReplaced() async throws {
        let stuck = try StuckModel()
        try await withServer(.init(TestRegistry([.paraformer, stuck.model]), ["--load-timeout", "3s"])) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let before = server.engines
            async let answer = client.transcribe("en_word_16k.wav", ["model": "stuck"])
            let engine = try await untilFound("an engine") { server.engines.first { !before.contains($0) } }
            kill(engine, SIGSTOP)
            try stuck.repair()
            #expect(try await answer.body == #"{"text": "STOP"}"#)
            #expect(!server.engines.contains(engine))
            try await eventually("the log says why") {
                server.process.standardError.contains("not loaded within 3 s (--load-timeout)")
            }
        }
    }

    /// The timeout applies only to loading.
    @Test func theLoadTimeoutDoesNotApplyToLoadedEngines() async throws {
        try await withServer(.init(TestRegistry([.whisper]), ["--load-timeout", "5s", "--num-threads", "1"])) {
            server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let engines = server.engines
            let start = ContinuousClock.now
            let phrases = try Phrases(40)
            repeat {
                let answer = try await client.transcribe(
                    phrases.file, ["model": "whisper", "response_format": "text"])
                #expect(answer.body == phrases.text)
            } while ContinuousClock.now - start < .seconds(8)
            #expect(server.engines == engines)
        }
    }
}
