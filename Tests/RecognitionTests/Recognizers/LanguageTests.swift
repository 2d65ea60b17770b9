import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@BlockingCalls @Suite struct LanguageTests {
    @Test(arguments: [ModelFamily.paraformer, .transducer, .moonshine, .zipformerCTC])
    func aFamilyWithoutLanguagesAcceptsAny(family: ModelFamily) throws {
        let recognizer = try LoadedModel.recognizer(family)
        #expect(recognizer.languages == .notTaken)
        try recognizer.check(Language(code: "xx"))
        #expect(!family.takesLanguage)
    }

    @Test func senseVoiceKnowsFiveLanguages() throws {
        #expect(
            try LoadedModel.recognizer(.senseVoice).languages.languages.map(\.code) == ["zh", "en", "ja", "ko", "yue"])
    }

    @Test func whisperKnowsTheLanguagesOfItsMetadata() throws {
        let codes = try LanguageSupport(of: .fixture(.whisper)).languages.map(\.code)
        #expect(codes.prefix(3) == ["en", "zh", "de"])
        #expect(codes.count == 100)
        #expect(codes.last == "yue")
    }

    @Test(arguments: [
        (["is_multilingual": "0", "all_language_codes": "en"], LanguageSupport.single(Language(code: "en"))),
        (["is_multilingual": "1"], .notTaken),
        ([:], .notTaken),
        (["is_multilingual": "1", "all_language_codes": "fi"], .choice([Language(code: "fi")])),
    ])
    func onlyMultilingualWhisperModelsAcceptALanguage(metadata: [String: String], support: LanguageSupport) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(.onnx(properties: metadata), to: "encoder.onnx")
        #expect(LanguageSupport(whisper: try ONNXMetadata(path: path)) == support)
    }

    @Test(arguments: [(ModelFamily.senseVoice, "de", "zh, en, ja, ko, yue"), (.whisper, "xx", "en, zh, de, es")])
    func anUnknownLanguageIsRefusedBeforeLoading(family: ModelFamily, code: String, known: String) throws {
        let recognizer = try Recognizer(.fixture(family))
        let sound = try AudioBuffer.fixture("en_word_16k.wav")
        let error = #expect(throws: RecognitionError.self) {
            try recognizer.recognize(sound, language: Language(code: code))
        }
        #expect(error?.code == .unsupportedLanguage)
        #expect(error?.message.contains("'\(code)'") == true)
        #expect(error?.message.contains("Send one of \(known)") == true, "\(error?.message ?? "")")
        #expect(recognizer.cache.settings == [RecognizerSettings()])
        #expect(throws: RecognitionError.self) { try recognizer.check(Language(code: code)) }
        #expect(try recognizer.transcript(sound).text == "stop")
    }

    @Test func anUnknownDefaultLanguageIsRefusedAtStart() throws {
        let options = ModelOptions(language: Language(code: "xx"))
        let error = #expect(throws: RecognitionError.self) { try Recognizer(.fixture(.whisper, options: options)) }
        #expect(error?.code == .modelUnusable)
    }

    @Test(arguments: [ModelFamily.senseVoice, .whisper])
    func theRequestedLanguageOverridesTheDefault(family: ModelFamily) throws {
        let recognizer = try LoadedModel.recognizer(family, options: ModelOptions(language: Language(code: "zh")))
        let sound = try AudioBuffer.fixture("en_digits_16k.wav")
        #expect(try recognizer.transcript(sound).text == "一二三四")
        #expect(try recognizer.transcript(sound, language: Language(code: "en")).text == "one two three four")
    }
}
