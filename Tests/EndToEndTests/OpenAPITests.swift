import TestSupport
import Testing

/// The documents for programs, compared with running servers: see Tests/OpenAPI.
@Suite(.serialized)
struct OpenAPITests {
    /// Runs files of Tests/OpenAPI, one after the other, with a server.
    private func run(_ files: String..., on setup: ServerProcess.Setup, key: String? = nil) async throws {
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            for file in files {
                try await runClientTests(
                    file, in: "OpenAPI", against: server, environment: key.map { ["ASR2CLIP_KEY": $0] } ?? [:])
            }
        }
    }

    @Test func theDocumentsAreValidAndLiveSessionsFitThem() async throws {
        try await run("test_documents.py", "test_live.py", on: .init(TestRegistry([.transducer, .whisper])))
    }

    @Test func everyOperationAnswersAsItsDocumentSays() async throws {
        var broken = TestRegistry.Model.paraformer.named("broken")
        broken.files["tokens"] = "no-tokens.txt"
        let registry = TestRegistry([.senseVoice, .whisper, .hotwords, broken], aliases: ["speech": "whisper"])
        try await run("test_conformance.py", "test_mistakes.py", on: .init(registry))
    }

    /// Here, models are downloaded, deleted and unloaded too.
    @Test func everyOperationDoesSoWithAKey() async throws {
        try await withDownload { model, _ in
            // No request may reach another machine, even if it names a model of the catalogue.
            let flags = ["--api-key", "sesame", "--model-mirror", "http://127.0.0.1:9"]
            try await run(
                "test_conformance.py", on: .init(TestRegistry([.senseVoice, .whisper, model]), flags), key: "sesame")
        }
    }
}
