import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@BlockingCalls @Suite struct BatchTests {
    private nonisolated static let files = [
        "en_digits_16k.wav", "en_word_16k.wav", "en_long_16k.flac", "zh_digits_16k.wav",
    ]

    /// Segments of different lengths in one call, for the families that the library batches.
    @Test(arguments: [
        ModelFamily.senseVoice, .paraformer, .transducer, .zipformerCTC, .whisper, .streamingTransducer,
    ])
    func batchedSegmentsGiveTheSameTextAsSingleOnes(family: ModelFamily) throws {
        let recognizer = try LoadedModel.recognizer(family)
        #expect(recognizer.batches == (family != .whisper))
        let segments = try Self.files.map { SpeechSegment(offset: 0, audio: try .fixture($0)) }
        let together = try recognizer.recognize(segments, for: RecognitionRequest()).map { try $0.get() }
        #expect(together.contains { $0.contains { !$0.text.isEmpty } })
        for (segment, recognized) in zip(segments, together) {
            let alone = try recognizer.recognize(segment)
            #expect(recognized.map(\.text) == alone.map(\.text))
            #expect(recognized.flatMap(\.tokens).map(\.start) == alone.flatMap(\.tokens).map(\.start))
        }
    }

    @Test(arguments: [ModelFamily.senseVoice, .transducer, .whisper])
    func aFailingSegmentDoesNotAffectItsBatch(family: ModelFamily) throws {
        let recognizer = try LoadedModel.recognizer(family)
        let good = SpeechSegment(offset: 0, audio: try .fixture(Self.files[0]))
        let bad = SpeechSegment(offset: 16_000, audio: AudioBuffer(samples: [0.5]))
        let results = recognizer.recognize([good, bad, good], for: RecognitionRequest())
        #expect(results.count == 3)
        for result in [results[0], results[2]] { #expect(try result.get() == recognizer.recognize(good)) }
        let error = #expect(throws: RecognitionError.self) { try results[1].get() }
        #expect(error?.code == .decodingFailed)
        #expect(error?.message.contains("from 0:01 to") == true, "\(error?.message ?? "")")
    }

    @Test func anUnsupportedRequestFailsForAllItsSegments() throws {
        let recognizer = try LoadedModel.recognizer(.whisper)
        let segment = SpeechSegment(offset: 0, audio: try .fixture(Self.files[0]))
        let results = recognizer.recognize([segment, segment], for: RecognitionRequest(language: Language(code: "xx")))
        #expect(results.count == 2)
        for result in results {
            let error = #expect(throws: RecognitionError.self) { try result.get() }
            #expect(error?.code == .unsupportedLanguage)
        }
    }
}
