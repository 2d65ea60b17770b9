import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@BlockingCalls @Suite struct TranslationTests {
    @Test(arguments: Manifest.shared.files.filter { $0.expected["whisper"]?.bySetting["translate"] != nil })
    func whisperTranslatesOnRequest(recording: Manifest.Recording) throws {
        let expected = try #require(recording.expected["whisper"]?.bySetting["translate"]).text
        let sound = SpeechSegment(offset: 0, audio: try .fixture(recording.file))
        let recognizer = try LoadedModel.recognizer(.whisper)
        #expect(
            try recognizer.recognize(sound, language: nil, task: .translate).map(\.text).joined(separator: " ")
                == expected)
        let always = try LoadedModel.recognizer(.whisper, options: ModelOptions(["task": "translate"]))
        #expect(try always.recognize(sound, language: nil).map(\.text).joined(separator: " ") == expected)
        #expect(
            try always.recognize(sound, language: nil, task: .transcribe) == recognizer.recognize(sound, language: nil))
    }

    @Test func eachTaskHasItsOwnRecognizer() throws {
        let recognizer = try Recognizer(.fixture(.whisper))
        let sound = SpeechSegment(offset: 0, audio: try .fixture("zh_digits_16k.wav"))
        let chinese = try recognizer.recognize(sound, language: nil, task: .transcribe).map(\.text)
        let english = try recognizer.recognize(sound, language: nil, task: .translate).map(\.text)
        #expect(chinese != english)
        #expect(recognizer.cache.settings == [RecognizerSettings(), RecognizerSettings(task: .translate)])
        #expect(try recognizer.recognize(sound, language: nil).map(\.text) == chinese)
    }

    @Test(arguments: ModelFamily.withFixture.filter { !$0.translates })
    func otherFamiliesRefuseTranslation(family: ModelFamily) throws {
        let recognizer = try LoadedModel.recognizer(family)
        let error = #expect(throws: RecognitionError.self) {
            try recognizer.recognize(
                SpeechSegment(offset: 0, audio: .fixture("en_word_16k.wav")), language: nil, task: .translate)
        }
        #expect(error?.code == .unsupportedTask)
        #expect(error?.message.contains("cannot translate. Ask a multilingual whisper") == true)
    }

    @Test func aModelOfOneLanguageCannotBeSetToTranslate() throws {
        let model = ModelSpecification.fixture(.whisper, options: ModelOptions(["task": "translate"]))
        #expect(model.faults() == [])
        #expect(!model.translates(.single(Language(code: "en"))))
        #expect(model.translates(.choice([Language(code: "en")])))
    }
}
