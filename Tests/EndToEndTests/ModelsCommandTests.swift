import Foundation
import Subprocess
import TestSupport
import Testing

/// `asr2clip models` and `asr2clip ps`.
@Suite(.serialized)
struct ModelsCommandTests {
    private let folder: ServerFolder
    private let workshop: Workshop

    init() throws {
        folder = try ServerFolder()
        workshop = try Workshop()
    }

    private func run(
        _ arguments: String...
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        try await runToEnd(ServerProcess.path(of: "asr2clip"), arguments, environment: folder.environment)
    }

    private func json(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    @Test func theListShowsEveryModel() async throws {
        var distant = TestRegistry.Model.whisper.named("distant", in: "distant")
        distant.download = ["url": "http://127.0.0.1:9/distant.tar.gz"]
        let registry = try folder.write(
            TestRegistry([.senseVoice, distant], defaultModel: "sense_voice", aliases: ["whisper-1": "sense_voice"]))
        let result = try await run("models", "--config", registry)
        #expect(result.status == .exited(0), "\(result.error)")
        #expect(
            result.output == """
                NAME                    TYPE          LANGUAGES             SIZE     STATUS
                sense_voice (default)   sense_voice   zh, en, ja, ko, yue   653 kB   present
                distant                 whisper       -                     -        missing

                """)
        let list = try #require(
            json(try await run("models", "list", "--json", "--config", registry).output) as? [[String: Any]])
        #expect(list.map { $0["name"] as? String } == ["sense_voice", "distant"])
        #expect(list.map { $0["default"] as? Bool } == [true, false])
        #expect(list.map { $0["status"] as? String } == ["present", "missing"])
        #expect(list.map { $0["size_bytes"] as? Int } == [652_869, 0])
        #expect(list.first?["aliases"] as? [String] == ["whisper-1"])
        #expect(list.first?["languages"] as? [String] == ["zh", "en", "ja", "ko", "yue"])
    }

    @Test func aModelIsShownByItsAliasToo() async throws {
        let model = TestRegistry.Model.senseVoice.named("sense_voice", options: ["language": "en", "use_itn": "true"])
        let registry = try folder.write(TestRegistry([model], aliases: ["whisper-1": "sense_voice"]))
        let result = try await run("models", "show", "whisper-1", "--config", registry)
        #expect(result.status == .exited(0), "\(result.error)")
        let file = Fixtures.model("sense_voice", "model.onnx")
        for part in [
            "sense_voice (default)", "Aliases   whisper-1", file, "language: en, use_itn: true", "zh, en, ja, ko, yue",
        ] {
            #expect(result.output.contains(part), "\(part) is not in \(result.output)")
        }
        let shown = try #require(
            json(try await run("models", "show", "sense_voice", "--json", "--config", registry).output)
                as? [String: Any])
        let files = shown["files"] as? [[String: Any]]
        #expect(files?.map { $0["path"] as? String } == [file, Fixtures.model("sense_voice", "tokens.txt")])
        #expect((shown["options"] as? [String: String]) == ["language": "en", "use_itn": "true"])
    }

    @Test func anUnknownModelIsAnError() async throws {
        let registry = try folder.write(TestRegistry([.senseVoice]))
        let errors = [
            "show": "There is no model 'nobody'; registered are sense_voice.",
            "pull":
                "There is no model 'nobody', neither in \(registry) nor in the catalogue. 'asr2clip models search' lists the "
                + "catalogue.",
        ]
        for (verb, error) in errors {
            let result = try await run("models", verb, "nobody", "--config", registry)
            #expect(result.status == .exited(1))
            #expect(result.error == "asr2clip: \(error)\n")
            #expect(result.output == "")
        }
    }

    @Test func aGoodRegistryPassesTheCheck() async throws {
        let registry = try folder.write(TestRegistry(TestRegistry.Model.fixtures))
        let result = try await run("models", "check", "--config", registry)
        #expect(result.status == .exited(0), "\(result.error)")
        #expect(
            result.output == "sense_voice: good\nwhisper: good\nparaformer: good\ntransducer: good\n")
        #expect(
            try await run("models", "check", "--json", "--config", registry).output == #"{"ok": true, "problems": []}"#
                + "\n")
    }

    /// Each message is enough to find its mistake.
    @Test func eachMistakeInAnEntryIsReportedWithItsLine() async throws {
        let registry = folder.path + "/models.yaml"
        try Data(
            """
            default_model: typed
            models:
              typed:
                type: whispr
                dir: typed
                files:
                  encoder: /etc/encoder.onnx
                  decoder: decoder.onnx
                  tokens: tokens.txt
                options:
                  decoding_method: beam

            """.utf8
        ).write(to: URL(filePath: registry))
        let result = try await run("models", "check", "--config", registry)
        #expect(result.status == .exited(1))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3, "\(result.output)")
        #expect(lines.contains { $0.hasPrefix("\(registry):4: ") && $0.contains("'whispr'") && $0.contains("whisper") })
        #expect(lines.contains { $0.hasPrefix("\(registry):7: ") && $0.contains("/etc/encoder.onnx") })
        #expect(
            lines.contains { $0.hasPrefix("\(registry):11: ") && $0.contains("'beam'") && $0.contains("greedy_search") }
        )
        let list = try await run("models", "--config", registry)
        #expect(list.output.contains("typed (default)   -      -           -      unusable"), "\(list.output)")
        #expect(list.error.contains("\(registry):4: "))
    }

    @Test func everyFileIsChecked() async throws {
        let truncated = try workshop.copy(.senseVoice, as: "truncated")
        try workshop.truncate(workshop.path("truncated", "model.onnx"))
        let tokens = try workshop.copy(.transducer, as: "tokens")
        try Data("one 0\ntwo\n".utf8).write(to: URL(filePath: workshop.path("tokens", "tokens.txt")))
        let few = try workshop.copy(.transducer, as: "few")
        try Data("one 0\n".utf8).write(to: URL(filePath: workshop.path("few", "tokens.txt")))
        let other = TestRegistry.Model.senseVoice.named("other", in: TestRegistry.Model.paraformer.directory)
        let tongue = TestRegistry.Model.whisper.named("tongue", options: ["language": "xx"])
        let gone = TestRegistry.Model.whisper.named("gone", in: folder.path + "/gone")
        let registry = try folder.write(TestRegistry([truncated, tokens, few, other, tongue, gone, .paraformer]))
        let result = try await run("models", "check", "--config", registry)
        #expect(result.status == .exited(1))
        for part in [
            "\(workshop.path("truncated", "model.onnx"))' is truncated", "\(workshop.path("tokens", "tokens.txt")):2: ",
            "\(workshop.path("few", "tokens.txt"))' has no token 1",
            "\(Fixtures.model("paraformer", "model.onnx"))' has no", "Model 'tongue' does not know the language 'xx'",
            "\(folder.path)/gone/encoder.onnx is not there", "paraformer: good",
        ] {
            #expect(result.output.contains(part), "\(part) is not in \(result.output)")
        }
        let answer = try #require(
            json(try await run("models", "check", "--json", "--config", registry).output) as? [String: Any])
        #expect(answer["ok"] as? Bool == false)
        let problems = try #require(answer["problems"] as? [[String: Any]])
        #expect(problems.first { $0["model"] as? String == "tokens" }?["line"] as? Int == 2)
    }

    @Test func invalidYAMLIsReportedWithItsLine() async throws {
        let registry = folder.path + "/models.yaml"
        try Data("models:\n  a: [\n".utf8).write(to: URL(filePath: registry))
        for command in ["list", "check"] {
            let result = try await run("models", command, "--config", registry)
            #expect(result.status == .exited(1))
            #expect(result.error.hasPrefix("asr2clip: \(registry):"))
        }
        let result = try await run("models", "check", "--json", "--config", registry)
        #expect(result.status == .exited(1))
        #expect(result.output.hasPrefix(#"{"ok": false, "problems": [{"#))
    }

    @Test func psShowsLoadedModels() async throws {
        try await withServer(.init(TestRegistry([.senseVoice, .whisper]), ["--api-key", "sesame"])) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let engine = try #require(server.engines.first)
            let table = try await run("ps", "--url", server.url, "--api-key", "sesame")
            #expect(table.status == .exited(0), "\(table.error)")
            let lines = table.output.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(lines.first?.joined(separator: " ") == "MODEL STATUS PID MEMORY REQUESTS IDLE UNLOAD IN")
            #expect(lines.count == 2)
            #expect(lines.last?.prefix(3).joined(separator: " ") == "sense_voice loaded \(engine)")

            let text = try await run("ps", "--json", "--url", server.url + "/v1", "--api-key", "sesame").output
            let engines = try #require((json(text) as? [String: Any])?["data"] as? [[String: Any]])
            #expect(engines.count == 1)
            #expect(engines.first?["pid"] as? Int == Int(engine))
            #expect(engines.first?["requests"] as? Int == 0)
            #expect((engines.first?["idle_since"] as? Int ?? 0) > 1_700_000_000)
            #expect((engines.first?["memory_bytes"] as? Int ?? 0) > 10_000_000)

            let refused = try await run("ps", "--url", server.url)
            #expect(refused.status == .exited(1))
            #expect(refused.error.contains("answers 401"))
        }
    }

    @Test func psReportsAnUnreachableServer() async throws {
        let result = try await run("ps", "--url", "http://127.0.0.1:9")
        #expect(result.status == .exited(1))
        #expect(result.error.hasPrefix("asr2clip: No server answers at http://127.0.0.1:9."))
        let odd = try await run("ps", "--url", "localhost")
        #expect(odd.error.contains("'localhost'"))
    }
}
