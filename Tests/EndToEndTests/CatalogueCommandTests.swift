import Foundation
import Subprocess
import TestSupport
import Testing

/// `asr2clip models search` and `asr2clip models recommend`.
struct CatalogueCommandTests {
    private let folder: ServerFolder

    init() throws { folder = try ServerFolder() }

    private func run(
        _ arguments: String...
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        try await runToEnd(
            ServerProcess.path(of: "asr2clip"), ["models"] + arguments, environment: folder.environment)
    }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func aSearchPrintsATable() async throws {
        let result = try await run("search", "whisper", "tiny")
        #expect(result.status == .exited(0), "\(result.error)")
        #expect(
            result.output == """
                NAME              TYPE      LANGUAGES      SIZE     LICENCE   SPEED   CAN                        STATUS
                whisper-tiny      whisper   99 languages   104 MB   MIT       fast    punctuation, translation   -
                whisper-tiny.en   whisper   en             104 MB   MIT       fast    punctuation                -

                """)
        #expect(result.error == "")
        // A search is no first run.
        #expect(!FileManager.default.fileExists(atPath: folder.data))
    }

    @Test func jsonHasEveryField() async throws {
        let result = try await run("search", "canary-180m-flash-int8", "--json")
        let model = try #require(try objects(result.output).first)
        #expect(model["languages"] as? [String] == ["en", "es", "de", "fr"])
        #expect(model["speed"] as? String == "medium")
        #expect(model["parameters"] as? Int == 180_000_000)
        #expect(model["display_size_bytes"] as? Int == 198 << 20)
        #expect(model["archive_size_bytes"] as? Int == 153_692_328)
        #expect(model["capabilities"] as? [String] == ["punctuation", "translation"])
        #expect((model["sha256"] as? String)?.hasPrefix("7a38ed8b") == true)
        #expect(model["status"] is NSNull && model["registered_as"] is NSNull)
    }

    @Test func filtersCombineWithWords() async throws {
        func names(_ arguments: String...) async throws -> [String] {
            let result = try await runToEnd(
                ServerProcess.path(of: "asr2clip"), ["models", "search", "--json"] + arguments,
                environment: folder.environment)
            return try objects(result.output).compactMap { $0["name"] as? String }
        }
        #expect(try await names("t-one", "--language", "Russian", "--live") == ["t-one-ru"])
        #expect(try await names("--type", "canary", "fp32") == [])
        #expect(try await names("--type", "canary", "int8") == ["canary-180m-flash-int8"])
        #expect(try await names("--type", "canary", "--live") == [])
    }

    @Test func aSearchWithoutAMatchSaysWhatToTry() async throws {
        let result = try await run("search", "klingon")
        #expect(result.status == .exited(1))
        #expect(result.output == "")
        #expect(result.error.hasPrefix("asr2clip: No model of the catalogue matches. Try "), "\(result.error)")
        let json = try await run("search", "klingon", "--json")
        #expect(json.status == .exited(1))
        #expect(json.output == "[]\n")
    }

    @Test(arguments: [
        (["search", "--language", "klingon"], "'klingon' is no language"),
        (["search", "--type", "whispr"], "There is no type 'whispr'; write one of sense_voice, "),
        (["recommend", "klingon"], "'klingon' is no language"),
    ])
    func anUnknownLanguageOrTypeIsRefused(arguments: [String], part: String) async throws {
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip"), ["models"] + arguments, environment: folder.environment)
        #expect(result.status == .exited(64))
        #expect(result.error.contains(part), "\(result.error)")
    }

    @Test func registeredModelsAreMarked() async throws {
        let releases = "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models"
        var mine = TestRegistry.Model.whisper.named("mine")
        mine.download = ["url": "\(releases)/sherpa-onnx-whisper-tiny.tar.bz2"]
        let tiny = TestRegistry.Model.whisper.named("whisper-tiny.en", in: "nowhere")
        let registry = try folder.write(TestRegistry([mine, tiny]))
        let output = try await run("search", "whisper", "tiny", "--config", registry).output
        let lines = output.split(separator: "\n").dropFirst()
        #expect(lines.first?.hasSuffix("   present as mine") == true, "\(output)")
        #expect(lines.last?.hasSuffix("   registered") == true, "\(output)")
        let found = try objects(try await run("search", "whisper", "tiny", "--json", "--config", registry).output)
        #expect(found.map { $0["status"] as? String } == ["present", "registered"])
        #expect(found.map { $0["registered_as"] as? String } == ["mine", "whisper-tiny.en"])
    }

    @Test func anUnreadableRegistryDoesNotStopASearch() async throws {
        let registry = folder.path + "/models.yaml"
        try Data("models: [".utf8).write(to: URL(filePath: registry))
        let result = try await run("search", "whisper-tiny", "--config", registry)
        #expect(result.status == .exited(0))
        #expect(result.output.contains("whisper-tiny"))
        #expect(result.error.contains("It is not known which models are registered. \(registry):"), "\(result.error)")
    }

    @Test func aRecommendationIsForOneLanguageOrForAll() async throws {
        let german = try await run("recommend", "German")
        #expect(german.status == .exited(0), "\(german.error)")
        let lines = german.output.split(separator: "\n").map { $0.split(separator: " ").prefix(3).map(String.init) }
        #expect(
            lines == [
                ["LANGUAGE", "MACHINE", "NAME"], ["German", "slow", "fast-conformer-transducer-de-int8"],
                ["German", "fast", "parakeet-tdt-0.6b-v3-int8"],
            ])
        let all = try objects(try await run("recommend", "--json").output)
        for code in ["en", "zh", "de", "fr", "es", "ja", "ko", "ru"] {
            #expect(
                all.filter { $0["language"] as? String == code }.compactMap { $0["machine"] as? String } == [
                    "slow", "fast",
                ])
        }
        #expect(all.filter { $0["language"] is NSNull }.count == 2)
        let polish = try objects(try await run("recommend", "pl", "--json").output)
        #expect(polish.map { $0["name"] as? String } == ["whisper-base", "whisper-turbo"])
        let filipino = try await run("recommend", "fil")
        #expect(filipino.status == .exited(1))
        #expect(filipino.error.contains("asr2clip models search fil"), "\(filipino.error)")
    }
}
