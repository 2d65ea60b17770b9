import Foundation
import TestSupport
import Testing

/// A model for streaming, asked for recordings.
@Suite(.serialized, .server(TestRegistry([.streamingTransducer])))
struct StreamingModelTests {
    private struct Timed: Decodable {
        struct Word: Decodable {
            var word: String
            var start: Double
            var end: Double
        }
        var text: String
        var duration: Double
        var words: [Word]
    }

    @Test func itsWordsHaveTheModelsTimes() async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_digits_16k.wav",
            ["response_format": "verbose_json", "timestamp_granularities[]": "word"])
        #expect(answer.status == 200)
        #expect(answer.headers["x-asr-estimated"] == nil)
        let timed = try answer.json(Timed.self)
        #expect(timed.text == "ONE TWO THREE FOUR")
        #expect(timed.words.map(\.word) == ["ONE", "TWO", "THREE", "FOUR"])
        let spoken = [0.25, 0.5, 0.713, 0.958]
        for (word, start) in zip(timed.words, spoken) {
            #expect((0..<0.6).contains(word.start - start), "\(word.word) at \(word.start)")
            #expect(word.start <= word.end && word.end <= timed.duration)
        }
        #expect(timed.words.map(\.start) == timed.words.map(\.start).sorted())
    }

    @Test(arguments: ["json", "text", "srt", "vtt"])
    func aMinuteOfSpeechIsAnsweredInEveryFormat(format: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            Manifest.shared.session.file, ["response_format": format])
        #expect(answer.status == 200)
        for utterance in Manifest.shared.session.utterances {
            #expect(answer.body.contains(utterance.text.uppercased()), "\(utterance.text)")
        }
    }
}
