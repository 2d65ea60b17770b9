import Foundation
import TestSupport
import Testing

/// Models of the catalogue that are added while a server runs. Their archive comes from a mirror, and has a fixture's model
/// in it.
@Suite(.serialized)
struct CatalogueTests {
    private static let name = CatalogueMirror.name

    /// Runs `body` with the address of a mirror that has the model.
    private func withMirror(_ body: (String) async throws -> Void) async throws {
        try await CatalogueMirror.run { file in
            file.release()
            try await body(file.server)
        }
    }

    /// The new entry is in force without a restart, and the server fetches the model when it is first needed.
    @Test func aRunningServerNoticesAndFetchesAnAddedModel() async throws {
        try await withMirror { mirror in
            let setup = ServerProcess.Setup(
                TestRegistry([.paraformer]), environment: ["ASR2CLIP_MODEL_MIRROR": mirror])
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                let unknown = try await client.transcribe("en_word_16k.wav", ["model": Self.name])
                try expectError(unknown, 404, "model_not_found", parameter: "model")
                let result = try await runToEnd(
                    ServerProcess.path(of: "asr2clip"),
                    ["models", "add", "--no-fetch", Self.name, "--config", server.folder.path + "/models.yaml"],
                    environment: server.folder.environment)
                #expect(result.status == .exited(0), "\(result.error)")
                try await eventually("the server knows the model") {
                    try await client.get("/v1/models/\(Self.name)").body.contains(#""status": "missing""#)
                }
                let answer = try await client.transcribe("en_word_16k.wav", ["model": Self.name])
                #expect(answer.body == #"{"text": "stop"}"#)
                try await eventually("it is in the log") {
                    server.process.standardError.contains("came over http, without TLS, and is not verified")
                }
            }
        }
    }

    /// The command fetches into the folder of the server, which then finds the model there.
    @Test func aRunningServerUsesAModelThatIsPulled() async throws {
        try await withMirror { mirror in
            try await withServer(.init(TestRegistry([.paraformer]))) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                let result = try await runToEnd(
                    ServerProcess.path(of: "asr2clip"),
                    [
                        "models", "pull", Self.name, "--model-mirror", mirror, "--config",
                        server.folder.path + "/models.yaml",
                    ], environment: server.folder.environment)
                #expect(result.status == .exited(0), "\(result.error)")
                try await eventually("the server knows the model") {
                    try await client.get("/v1/models/\(Self.name)").body.contains(#""status": "unloaded""#)
                }
                let answer = try await client.transcribe("en_word_16k.wav", ["model": Self.name])
                #expect(answer.body == #"{"text": "stop"}"#)
            }
        }
    }
}
