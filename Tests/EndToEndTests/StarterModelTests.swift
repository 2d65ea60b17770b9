import Foundation
import TestSupport
import Testing

/// Real English speech on the model that `make serve` serves.
@Suite(.serialized, .server(TestRegistry([.starter], aliases: ["whisper-1": "moonshine-tiny-en"])))
struct StarterModelTests {
    @Test func realEnglishSpeechIsTranscribed() async throws {
        let answer = try await APIClient.shared().transcribe(
            try MultipartBody.Upload(path: Fixtures.speech("beckett.wav")), ["model": "whisper-1"])
        let text = "Ever tried, ever failed, no matter, try again, fail again, fail better."
        #expect(answer.body == #"{"text": "\#(text)"}"#)
    }

    /// Five minutes without long pauses: words at the borders of segments are recognised, too.
    @Test func noPhraseOfALongRecordingIsMissing() async throws {
        let times = 7
        let sound = try WaveFile(path: Fixtures.speech("two_cities.wav")).repeated(times)
        let answer = try await APIClient.shared().transcribe(
            MultipartBody.Upload(name: "cities.wav", bytes: sound), ["model": "whisper-1", "response_format": "text"])
        for phrase in [
            "best of times", "worst of times", "age of wisdom", "age of foolishness", "epoch of belief",
            "epoch of incredulity", "season of light", "season of darkness", "of hope", "winter of despair",
            "everything before us", "nothing before us", "direct to heaven", "direct the other way",
            "so far like the present period", "authorities insisted", "for good or for evil",
            "superlative degree of comparison only",
        ] {
            #expect(answer.body.components(separatedBy: phrase).count - 1 == times, "\(phrase)")
        }
        let words = answer.body.split(separator: " ").count
        #expect(abs(words - times * 119) <= times, "\(words) words")
    }
}
