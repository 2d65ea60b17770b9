import SherpaOnnx
import SpeechTypes
import TestSupport
import Testing

@testable import SpeechRecognition

@Suite struct LayoutTests {
    @Test(arguments: [
        (ModelFamily.senseVoice, [["model", "tokens"]]),
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
    func aFamilyTakesTheFilesOfTheRegistry(family: ModelFamily, layouts: [[String]]) {
        #expect(family.fileLayouts == layouts)
    }

    @Test func eachFileGoesToItsOwnField() throws {
        let files = ["encoder": "/e", "decoder": "/d", "joiner": "/j", "tokens": "/t"]
        let configuration = try ModelSpecification(name: "m", family: .transducer, files: files)
            .configuration(language: nil, operatorThreads: 3)
        #expect(configuration.texts[.transducerEncoder] == "/e")
        #expect(configuration.texts[.transducerDecoder] == "/d")
        #expect(configuration.texts[.transducerJoiner] == "/j")
        #expect(configuration.texts[.tokens] == "/t")
        #expect(configuration.numbers[.operatorThreads] == 3)
    }

    @Test(arguments: [
        (nil, false, "auto", Int32(0)), (Language(code: "en"), false, "en", 0), (nil, true, "auto", 1),
        (Language(code: "yue"), true, "yue", 1),
    ])
    func senseVoiceTakesLanguageAndITN(language: Language?, useITN: Bool, text: String, number: Int32) throws {
        let model = ModelSpecification.fixture(.senseVoice, options: ModelOptions(useITN: useITN))
        let configuration = try model.configuration(language: language, operatorThreads: 1)
        #expect(configuration.texts[.senseVoiceLanguage] == text)
        #expect(configuration.numbers[.senseVoiceUseITN] == number)
    }

    @Test(arguments: [(nil, ""), (Language(code: "zh"), "zh")])
    func whisperDetectsTheLanguageWhenNoneIsNamed(language: Language?, text: String) throws {
        let configuration = try ModelSpecification.fixture(.whisper)
            .configuration(language: language, operatorThreads: 1)
        #expect(configuration.texts[.whisperLanguage] == text)
        #expect(configuration.texts[.whisperTask] == "transcribe")
    }

    @Test(arguments: [["model"], ["tokens"], ["model", "tokens", "encoder"], []])
    func otherFilesThanTheFamilysAreRefused(names: [String]) {
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "/\($0)") })
        let error = #expect(throws: RecognitionError.self) {
            try ModelSpecification(name: "m", family: .senseVoice, files: files)
                .configuration(language: nil, operatorThreads: 1)
        }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.contains("type sense_voice takes model, tokens") == true, "\(error?.message ?? "")")
    }
}
