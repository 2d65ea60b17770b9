import SherpaOnnx
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

/// The copy of a model for segments that run alone on the machine.
@BlockingCalls @Suite(.timeLimit(.minutes(5))) struct WideRecognizerTests {
    private static let english = RecognizerSettings(language: Language(code: "en"))
    private static let german = RecognizerSettings(language: Language(code: "de"))

    @Test func aCopyIsMadeOnTheSecondRequestInARow() async throws {
        let loads = Mutex(0)
        let wide = WideRecognizer { _ throws(RecognitionError) in
            loads.withLock { $0 += 1 }
            return try Self.loaded()
        }
        for settings in [Self.english, Self.german, Self.english] { #expect(wide.recognizer(for: settings) == nil) }
        #expect(loads.withLock { $0 } == 0)
        #expect(wide.recognizer(for: Self.english) == nil, "it is being made")
        try await eventually("it is there") { wide.recognizer(for: Self.english) != nil }
        #expect(loads.withLock { $0 } == 1)
    }

    @Test func aFailedCopyIsNotRetried() async throws {
        let loads = Mutex(0)
        let wide = WideRecognizer { _ throws(RecognitionError) in
            loads.withLock { $0 += 1 }
            throw RecognitionError(.modelUnusable, "no memory")
        }
        for _ in 1...2 { #expect(wide.recognizer(for: Self.english) == nil) }
        try await eventually("it was tried") { loads.withLock { $0 } == 1 }
        for _ in 1...100 { #expect(wide.recognizer(for: Self.english) == nil) }
        #expect(loads.withLock { $0 } == 1)
    }

    @Test(arguments: [ModelFamily.paraformer, .senseVoice, .moonshine])
    func severalThreadsGiveTheSameTextAsOne(family: ModelFamily) async throws {
        let segments = [SpeechSegment(offset: 0, audio: try .fixture("en_digits_16k.wav"))]
        let recognizer = try Recognizer(.fixture(family), threadsAlone: 2)
        let wide = try #require(recognizer.wide)
        let texts = { (isAlone: Bool) in
            try recognizer.recognize(segments, for: RecognitionRequest(), isAlone: isAlone)[0].get().map(\.text)
        }
        try await eventually("the copy is there") { wide.recognizer(for: RecognizerSettings()) != nil }
        let (alone, among) = (try texts(true), try texts(false))
        #expect(alone == among && alone != [""])
    }

    private nonisolated static func loaded() throws(RecognitionError) -> OfflineRecognizer {
        let model = ModelSpecification.fixture(.paraformer)
        let configuration = try model.configuration(for: RecognizerSettings(language: nil), operatorThreads: 1)
        do throws(SherpaOnnxError) {
            return try OfflineRecognizer(configuration)
        } catch {
            throw RecognitionError(.modelUnusable, error.words)
        }
    }
}
