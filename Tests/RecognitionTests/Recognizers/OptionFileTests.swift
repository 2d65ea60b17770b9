import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

/// Files named by options for which sherpa-onnx would end the process.
@BlockingCalls @Suite struct OptionFileTests {
    @Test(arguments: [
        "FOR", "FOR EIGHT :2.5", "ZERO ONE\nTWO :4", "", "\n\nFOR\n", ":4.0", "FOR\r\nATE\r\n", "ÉTÉ :0", "a@b",
    ])
    func goodHotwordsFilesAreAccepted(content: String) throws {
        let folder = try TemporaryFolder()
        try HotwordsFile.check(path: folder.write(Data(content.utf8), to: "words"))
    }

    @Test(arguments: [
        ("FOR :abc", 1), ("FOR\nATE :\n", 2), ("FOR :1e99", 1), ("FOR :2 ATE", 1), ("C#", 1), ("A\nB:C :2", 2),
        ("FOR :nan", 1), ("#1", 1),
    ])
    func aBadLineIsNamedByItsNumber(content: String, line: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(content.utf8), to: "words")
        let error = #expect(throws: ModelFileError.self) { try HotwordsFile.check(path: path) }
        #expect(error?.line == line)
        #expect(error?.problem.hasPrefix("line \(line) is not words with perhaps a score") == true)
    }

    @Test(arguments: [
        (ModelFamily.transducer, "bpe_vocab", ""), (.transducer, "hotwords_file", ""), (.whisper, "rule_fsts", ""),
        (.paraformer, "rule_fars", ""), (.senseVoice, "provider", "cpu:"),
    ])
    func aMissingFileOfAnOptionIsNamedBeforeLoading(family: ModelFamily, key: String, prefix: String) {
        let options = ModelOptions([key: .text(prefix + "/nowhere/file"), "decoding_method": "modified_beam_search"])
        let model = ModelSpecification.fixture(
            family, options: family == .transducer ? options : ModelOptions([key: .text(prefix + "/nowhere/file")]))
        let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.contains("the file 'file' cannot be opened") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [["hotwords_file": "/dev/null"], ["modeling_unit": "cjkchar+bpe"]] as [[String: OptionValue]])
    func optionsThatNeedOthersAreRefusedBeforeLoading(options: [String: OptionValue]) {
        let model = ModelSpecification.fixture(.transducer, options: ModelOptions(options))
        let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
        #expect(error?.message.hasPrefix("Model 'tiny-transducer' cannot be used: ") == true)
    }

    /// VERIFY.md: hotwords_file FOR, WRITE :4.0.
    @Test func aHotwordsFileChangesTheText() throws {
        let folder = try TemporaryFolder()
        let words = try folder.write(Data("FOR\nWRITE :4.0\n".utf8), to: "words")
        let options = ModelOptions([
            "decoding_method": "modified_beam_search", "hotwords_file": .text(words), "modeling_unit": "bpe",
            "bpe_vocab": .text(Fixtures.model("transducer", "bpe.vocab")), "hotwords_score": 2, "max_active_paths": 4,
        ])
        let recognizer = try Recognizer(.fixture(.transducer, options: options))
        #expect(try recognizer.transcript(.fixture("en_homophones_16k.wav")).text == "FOR EIGHT WRITE")
        #expect(
            try LoadedModel.recognizer(.transducer).transcript(.fixture("en_homophones_16k.wav")).text
                == "FOUR EIGHT RIGHT")
    }

    @Test(arguments: [
        (ModelFamily.senseVoice, "rule_fsts", "is no FST of OpenFst"),
        (.senseVoice, "rule_fars", "is no FAR of OpenFst"),
    ])
    func anInvalidGrammarIsNamedBeforeLoading(family: ModelFamily, key: String, problem: String) throws {
        let folder = try TemporaryFolder()
        for content in ["Not Found, sorry", "FST", "\0\0\0\0"] {
            let path = try folder.write(Data(content.utf8), to: "grammar")
            let model = ModelSpecification.fixture(family, options: ModelOptions([key: .text(path)]))
            let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
            #expect(
                error?.message.contains("the file '\(URL(filePath: path).lastPathComponent)' \(problem)") == true,
                "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [ModelFamily.senseVoice, .paraformer, .whisper, .zipformerCTC])
    func aGrammarRewritesTheText(family: ModelFamily) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(.capitals, to: "capitals.fst")
        let recognizer = try Recognizer(.fixture(family, options: ModelOptions(["rule_fsts": .text(path)])))
        #expect(try recognizer.transcript(.fixture("en_digits_16k.wav")).text == "ONE TWO THREE FOUR")
    }

    @Test(arguments: ["cuda", "coreml", "xnnpack", "cpu"])
    func everyAcceptedProviderLoads(provider: String) throws {
        let recognizer = try Recognizer(.fixture(.paraformer, options: ModelOptions(["provider": .text(provider)])))
        #expect(try recognizer.transcript(.fixture("en_word_16k.wav")).text == "stop")
    }

    @Test func aProviderMayHaveSettings() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(RuntimeSettings.text.utf8), to: "ort.txt")
        let recognizer = try Recognizer(
            .fixture(.paraformer, options: ModelOptions(["provider": .text("cpu:" + path)])))
        #expect(try recognizer.transcript(.fixture("en_word_16k.wav")).text == "stop")
    }

    @Test func aModelsProviderOverridesSharedSettings() throws {
        func provider(_ options: ModelOptions) throws -> String? {
            try ModelSpecification.fixture(.whisper, options: options).configuration(
                for: RecognizerSettings(), operatorThreads: 1, runtimeSettings: "/run/ort"
            ).texts[.provider]
        }
        #expect(try provider(ModelOptions()) == "cpu:/run/ort")
        #expect(try provider(ModelOptions(["provider": "cuda"])) == "cuda")
    }

    @Test(arguments: ModelFamily.withFixture)
    func sharedSettingsDoNotChangeTexts(family: ModelFamily) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(RuntimeSettings.text.utf8), to: "ort.txt")
        let recognizer = try Recognizer(.fixture(family), operatorThreads: 2, runtimeSettings: path)
        for file in ["en_digits_16k.wav", "en_long_16k.flac"] {
            let sound = try AudioBuffer.fixture(file)
            #expect(try recognizer.transcript(sound) == LoadedModel.recognizer(family).transcript(sound))
        }
    }
}
