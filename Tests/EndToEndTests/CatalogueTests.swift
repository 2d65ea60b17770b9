import Foundation
import Subprocess
import TestSupport
import Testing

/// Models of the catalogue that are added while a server runs. Their archive comes from a mirror, and has a fixture's model
/// in it.
@Suite(.serialized)
struct CatalogueTests {
    private static let name = "sense-voice-cantonese-int8"
    private static let archive = "sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09"

    /// Runs `body` with the address of a mirror that has the archive at the path it has on github.com.
    private func withMirror(_ body: (String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        for (file, fixture) in [("model.int8.onnx", "model.onnx"), ("tokens.txt", "tokens.txt")] {
            let data = try Data(contentsOf: URL(filePath: Fixtures.model("sense_voice", fixture)))
            try folder.write(data, to: "\(Self.archive)/\(file)")
        }
        let path = "www/k2-fsa/sherpa-onnx/releases/download/asr-models/\(Self.archive).tar.bz2"
        try folder.write("", to: path)
        let packing = try await runToEnd(
            "/usr/bin/tar", ["-C", folder.path, "-cjf", folder.file(path), Self.archive],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
        #expect(packing.status == .exited(0), "\(packing.error)")
        let arguments = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder.file("www")]
        try await withProcess(Fixtures.path(".deps/venv/bin/python"), arguments) { web in
            let port = try await web.output(after: "Serving HTTP on 127.0.0.1 port ").prefix { $0.isNumber }
            try await body("http://127.0.0.1:\(port)")
        }
        withExtendedLifetime(folder) {}
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
                #expect(server.process.standardError.contains("came over http, without TLS, and is not verified"))
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
