import Foundation
import Subprocess
import TestSupport
import Testing

/// The executables' output before they serve.
@Suite(.serialized)
struct CommandLineTests {
    private static let executables = ["asr2clip-serve", "asr2clip"]
    private let folder: ServerFolder
    private let registry: String

    init() throws {
        folder = try ServerFolder()
        registry = try folder.write(TestRegistry([.paraformer]))
    }

    private func run(
        _ executable: String, _ arguments: [String]
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        try await runToEnd(ServerProcess.path(of: executable), arguments, environment: folder.environment)
    }

    /// Expects one line on standard error, status 1, and no other effect.
    private func expectRefusal(
        _ arguments: [String], naming part: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (executable, verb) in [("asr2clip-serve", []), ("asr2clip", ["--serve"])] {
            let result = try await run(executable, verb + arguments)
            #expect(result.status == .exited(1), sourceLocation: sourceLocation)
            #expect(result.output == "", sourceLocation: sourceLocation)
            #expect(result.error.hasPrefix("asr2clip: "), "\(result.error)", sourceLocation: sourceLocation)
            #expect(result.error.contains(part), "\(result.error)", sourceLocation: sourceLocation)
            let lines = result.error.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2, "\(result.error)", sourceLocation: sourceLocation)
        }
        #expect(ProcessTable.processes(mentioning: folder.path).isEmpty, sourceLocation: sourceLocation)
        #expect(folder.runs.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func aTakenPortIsRefused() async throws {
        try await withServer(.init(TestRegistry([.paraformer]))) { server in
            try await expectRefusal(
                ["--config", registry, "--port", "\(server.port)"], naming: "127.0.0.1:\(server.port)")
            #expect(try await APIClient(server).get("/health/live").status == 200)
        }
    }

    @Test func anAddressOfAnotherMachineIsRefused() async throws {
        try await expectRefusal(["--config", registry, "--host", "192.0.2.1", "--port", "0"], naming: "192.0.2.1")
    }

    @Test func anUnknownDefaultModelIsRefused() async throws {
        try await expectRefusal(
            ["--config", registry, "--default-model", "nobody", "--port", "0"], naming: "nobody")
        let odd = try folder.write(TestRegistry([.paraformer], defaultModel: "nobody"))
        try await expectRefusal(["--config", odd, "--port", "0"], naming: "nobody")
    }

    @Test(arguments: [
        ("models: [", "models.yaml:"), ("models:\n\tname: 1\n", "models.yaml:2"), ("", "models.yaml"),
        ("- a list\n", "models.yaml:1"),
    ])
    func anUnreadableRegistryIsRefused(yaml: String, part: String) async throws {
        try Data(yaml.utf8).write(to: URL(filePath: registry))
        try await expectRefusal(["--config", registry, "--port", "0"], naming: part)
    }

    @Test func aMissingRegistryIsRefused() async throws {
        try await expectRefusal(["--config", folder.path + "/nowhere.yaml", "--port", "0"], naming: "nowhere.yaml")
        try await expectRefusal(["--config", folder.home, "--port", "0"], naming: folder.home)
    }

    @Test(arguments: [
        ["--port", "many"], ["--port", "65536"], ["--num-threads", "0"], ["--nonsense"], ["stray"],
        ["--max-upload-size", "huge"], ["--max-duration", "-1s"], ["--log-level", "loud"],
        ["--log-format", "xml"],
    ])
    func badUsageExitsWithStatus64(arguments: [String]) async throws {
        for (executable, verb) in [("asr2clip-serve", []), ("asr2clip", ["--serve"])] {
            let result = try await run(executable, verb + arguments)
            #expect(result.status == .exited(64))
            #expect(result.output == "")
            #expect(result.error.contains("Usage: \(executable)"))
        }
    }

    @Test func withoutAServerTheToolRecordsNothingAndGivesAdvice() async throws {
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip"), [],
            environment: folder.environment.merging(["OPENAI_BASE_URL": "http://127.0.0.1:9/v1"]) { $1 })
        #expect(result.status == .exited(1))
        #expect(result.error.contains("asr2clip-serve") && !result.error.contains("Listening"))
    }

    @Test(arguments: executables)
    func theVersionIsOneLine(executable: String) async throws {
        let result = try await run(executable, ["--version"])
        #expect(result.status == .exited(0))
        #expect(try /\d+\.\d+\.\d+\n/.wholeMatch(in: result.output) != nil)
        #expect(result.error == "")
    }

    @Test(arguments: [("asr2clip-serve", ["--help"]), ("asr2clip", ["serve", "--help"])])
    func helpListsEveryFlagOfTheServer(executable: String, arguments: [String]) async throws {
        let result = try await run(executable, arguments)
        #expect(result.status == .exited(0))
        for flag in [
            "--host", "--port", "--model-dir", "--model-mirror", "--num-threads", "--config", "--default-model",
            "--log-level", "--log-format", "--max-upload-size", "--max-duration", "--model-wait", "--load-timeout",
            "--help", "--api-key", "--api-key-file", "--allowed-host", "--cors-origin", "--max-connections",
            "--max-sessions", "--no-model-changes",
            "--session-idle-timeout",
            "--header-timeout",
            "--idle-timeout", "--min-upload-rate",
        ] { #expect(result.output.contains(flag), "\(flag)") }
        #expect(!result.output.contains("--socket") && !result.output.contains("--upload-rate-window"))
    }

    @Test(arguments: executables)
    func theToolsHelpMentionsTheServersHelp(executable: String) async throws {
        let output = try await run(executable, ["--help"]).output
        for word in [executable == "asr2clip" ? "asr2clip serve --help" : "--port", "--download-model", "--version"] {
            #expect(output.contains(word), "\(word)")
        }
    }

    @Test(arguments: executables)
    func theFirstRunWritesTheDocumentedRegistry(executable: String) async throws {
        // The page's model under its own file names, so that nothing is downloaded.
        let models = try TemporaryFolder()
        for (file, name) in [("model.onnx", "model.int8.onnx"), ("tokens.txt", "tokens.txt")] {
            try FileManager.default.copyItem(
                atPath: Fixtures.model("sense_voice", file), toPath: models.file(name))
        }
        let verb = executable == "asr2clip" ? ["--serve"] : []
        let setups = [
            ServerProcess.Setup(nil, verb, environment: ["ASR2CLIP_MODEL_DIR": models.path], executable: executable),
            ServerProcess.Setup(nil, verb + ["--model-dir", models.path], executable: executable),
        ]
        for setup in setups {
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                let answer = try await client.transcribe("en_digits_16k.wav", ["model": "sensevoice-small"])
                #expect(answer.body == #"{"text": "1 2 3 4"}"#)
                let written = try String(contentsOfFile: server.folder.data + "/asr2clip/models.yaml", encoding: .utf8)
                #expect(written.contains(Self.pageEntry))
                // A model is there, so none is recommended.
                #expect(!server.process.standardError.contains("recommend"))
            }
        }
    }

    @Test func bothExecutablesAreTheSameServer() async throws {
        let setup = ServerProcess.Setup(
            TestRegistry([.paraformer, .transducer]), ["--serve", "--default-model", "transducer"],
            executable: "asr2clip")
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            #expect(server.engines.count == 1)
            for (model, text) in [("paraformer", "stop"), ("transducer", "STOP")] {
                let answer = try await client.transcribe("en_word_16k.wav", ["model": model])
                #expect(answer.body == #"{"text": "\#(text)"}"#)
            }
            #expect(server.engines.count == 2)
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
        }
    }

    private static let pageEntry = """
        default_model: sensevoice-small
        num_threads: 4

        models:
          sensevoice-small:
            type: sense_voice
            dir: sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17
            files:
              model: model.int8.onnx
              tokens: tokens.txt
            options:
              use_itn: true
              language: ""          # empty = auto-detect
            download:
              url: "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/\
        sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17.tar.bz2"
              archive_subdir: sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17

        """
}
