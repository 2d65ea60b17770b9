import SherpaOnnx
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies

@Suite struct LayoutTests {
    @Test(arguments: [
        (ModelFamily.senseVoice, [["model", "tokens"]]),
        (.zipformerCTC, [["model", "tokens"]]),
        (.telespeechCTC, [["telespeech_ctc", "tokens"]]),
        (.funASRNano, [["embedding", "encoder_adaptor", "llm", "tokenizer"]]),
        (.whisper, [["decoder", "encoder", "tokens"]]),
        (.paraformer, [["paraformer", "tokens"]]),
        (.transducer, [["decoder", "encoder", "joiner", "tokens"]]),
        (
            .moonshine,
            [
                ["encoder", "merged_decoder", "tokens"],
                ["cached_decoder", "encoder", "preprocessor", "tokens", "uncached_decoder"],
            ]
        ),
    ])
    func aFamilyLoadsTheFilesOfTheRegistry(family: ModelFamily, layouts: [[String]]) {
        #expect(family.fileLayouts == layouts)
    }

    @Test(arguments: [
        (nil, false, "auto", Int32(0)), (Language(code: "en"), false, "en", 0), (nil, true, "auto", 1),
        (Language(code: "yue"), true, "yue", 1),
    ])
    func senseVoiceSupportsLanguageAndITN(language: Language?, useITN: Bool, text: String, number: Int32) throws {
        let model = ModelSpecification.fixture(.senseVoice, options: ModelOptions(["use_itn": .flag(useITN)]))
        let configuration = try model.configuration(for: RecognizerSettings(language: language), operatorThreads: 1)
        #expect(configuration.texts[.senseVoiceLanguage] == text)
        #expect(configuration.numbers[.senseVoiceUseITN] == number)
    }

    @Test(arguments: [(nil, ""), (Language(code: "zh"), "zh")], SpeechTask.allCases)
    func whisperDetectsTheLanguageWhenNoneIsNamed(language: (Language?, String), task: SpeechTask) throws {
        let configuration = try ModelSpecification.fixture(.whisper)
            .configuration(for: RecognizerSettings(language: language.0, task: task), operatorThreads: 3)
        #expect(configuration.texts[.whisperLanguage] == language.1)
        #expect(configuration.texts[.whisperTask] == task.rawValue)
        #expect(configuration.numbers[.operatorThreads] == 3)
    }

    @Test(
        arguments: [
            (SpeechTask.transcribe, nil, "de"), (.translate, nil, "en"), (.translate, "fr", "fr"),
            (.transcribe, "fr", "de"),
        ] as [(SpeechTask, String?, String)])
    func canaryKeepsTheSpokenLanguageUnlessItTranslates(task: SpeechTask, option: String?, target: String) throws {
        let options = ModelOptions(option.map { ["tgt_lang": .text($0)] } ?? [:])
        let configuration = try ModelSpecification.fixture(.canary, options: options)
            .configuration(for: RecognizerSettings(language: Language(code: "de"), task: task), operatorThreads: 1)
        #expect(configuration.texts[.canarySourceLanguage] == "de")
        #expect(configuration.texts[.canaryTargetLanguage] == target)
    }

    @Test(
        arguments: [
            (ModelFamily.senseVoice, "en", SpeechTask.translate, "en", SpeechTask.transcribe, [:]),
            (.whisper, "en", .translate, "en", .translate, [:]), (.canary, "de", .translate, "de", .translate, [:]),
            (.cohereTranscribe, "fr", .transcribe, nil, .transcribe, ["language": "fr"]),
            (.qwen3ASR, "yue", .transcribe, nil, .transcribe, ["language": "Cantonese"]),
            (.paraformer, "en", .translate, nil, .transcribe, [:]),
        ] as [(ModelFamily, String, SpeechTask, String?, SpeechTask, [String: String])])
    func settingsAndStreamOptionsFollowFromTheFamily(
        family: ModelFamily, code: String, task: SpeechTask, expects: String?, does: SpeechTask,
        stream: [String: String]
    ) {
        let model = ModelSpecification.fixture(family)
        let language = Language(code: code)
        let settings = RecognizerSettings(language: expects.map { Language(code: $0) }, task: does)
        #expect(model.settings(language: language, task: task) == settings)
        #expect(model.streamOptions(language: language) == stream)
    }

    @Test func tdnnUsesTelephoneSampleRate() throws {
        let configuration = try ModelSpecification.fixture(.tdnn)
            .configuration(for: RecognizerSettings(), operatorThreads: 1)
        #expect(configuration.numbers[.sampleRate] == 8_000)
        #expect(configuration.numbers[.featureDimension] == 23)
    }

    @Test(arguments: [["model"], ["tokens"], ["model", "tokens", "encoder"], []])
    func otherFilesThanTheFamilysAreRefused(names: [String]) {
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "/\($0)") })
        let error = #expect(throws: RecognitionError.self) {
            try ModelSpecification(name: "m", family: .senseVoice, files: files)
                .configuration(for: RecognizerSettings(), operatorThreads: 1)
        }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.contains("type sense_voice takes model, tokens") == true, "\(error?.message ?? "")")
    }
}
