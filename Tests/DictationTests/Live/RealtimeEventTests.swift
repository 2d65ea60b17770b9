import Foundation
import NIOCore
import Testing

@testable import Dictation

@Suite struct RealtimeEventTests {
    private static let transcription = "conversation.item.input_audio_transcription"

    @Test(arguments: [
        (#"{"type": "session.created", "session": {}}"#, RealtimeEvent.other),
        (
            #"{"type": "session.updated", "session": {"audio": {"input": {"turn_detection": null}}}}"#,
            .updated(byClient: true)
        ),
        (#"{"type": "session.updated"}"#, .updated(byClient: true)),
        (
            #"{"type": "session.updated", "session": {"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}"#,
            .updated(byClient: false)
        ),
        (#"{"type": "input_audio_buffer.committed", "item_id": "i", "previous_item_id": null}"#, .committed(item: "i")),
        (#"{"type": "input_audio_buffer.cleared"}"#, .cleared),
        (#"{"type": "\#(transcription).delta", "item_id": "i", "delta": " two"}"#, .delta(item: "i", " two")),
        (
            #"{"type": "\#(transcription).completed", "item_id": "i", "transcript": "one"}"#,
            .completed(item: "i", "one")
        ),
        (
            #"{"type": "\#(transcription).failed", "item_id": "i", "error": {"message": "no"}}"#,
            .failed(item: "i", reason: "no")
        ),
        (#"{"type": "error", "error": {"code": "c", "message": "why"}}"#, .error(code: "c", reason: "why")),
        (#"{"type": "error"}"#, .error(code: nil, reason: "It gives no reason.")),
        (#"{"type": "rate_limits.updated"}"#, .other),
    ])
    func eventsAreParsed(message: String, event: RealtimeEvent) {
        #expect(RealtimeEvent(ByteBuffer(string: message)) == event)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "1", "\"error\"", "{\"type\": 1}", #"{"type": "input_audio_buffer.committed"}"#,
        #"{"type": "\#(transcription).delta", "item_id": "i"}"#,
        #"{"type": "\#(transcription).completed", "item_id": 1, "transcript": "a"}"#,
        #"{"type": "\#(transcription).completed", "item_id": "i", "transcript": null}"#,
        String(repeating: "[", count: 1 << 20), "<html>",
    ])
    func whatIsNoEventIsRefused(message: String) { #expect(RealtimeEvent(ByteBuffer(string: message)) == nil) }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(RealtimeEvent(ByteBuffer(bytes: Array(#"{"type": "a"#.utf8) + [0xFF] + Array("\"}".utf8))) == nil)
    }

    @Test func theConfigurationLeavesTheEndOfTurnsToTheClient() {
        let configuration = RealtimeConfiguration(
            model: "m", language: "en", prompt: "\"Ada\"", rate: 16_000, delay: "low")
        #expect(
            configuration.event == """
                {"type": "session.update", "session": {"type": "transcription", "audio": {"input": {"format": \
                {"type": "audio/pcm", "rate": 16000}, "turn_detection": null, "transcription": {"model": "m", \
                "language": "en", "prompt": "\\"Ada\\"", "delay": "low"}}}}}
                """)
        #expect(
            RealtimeConfiguration(rate: 24_000).event == """
                {"type": "session.update", "session": {"type": "transcription", "audio": {"input": {"format": \
                {"type": "audio/pcm", "rate": 24000}, "turn_detection": null, "transcription": {}}}}}
                """)
    }

    @Test func soundBecomesTheSamplesOfTheFile() {
        var audio = RealtimeAudio(rate: 16_000)
        let bytes = Data([0x00, 0x40, 0x01, 0x80]).base64EncodedString()
        #expect(
            audio.events(for: .sound([0.5, -1])) == [#"{"type": "input_audio_buffer.append", "audio": "\#(bytes)"}"#])
        #expect(audio.events(for: .commit) == [#"{"type": "input_audio_buffer.commit"}"#])
        #expect(audio.events(for: .clear) == [#"{"type": "input_audio_buffer.clear"}"#])
    }

    @Test func theEndOfAResampledRecordingIsSentBeforeTheCommit() {
        var audio = RealtimeAudio(rate: 24_000)
        let first = audio.events(for: .sound([Float](repeating: 0.5, count: 1600)))
        let last = audio.events(for: .commit)
        #expect(last.count == 2 && last.last == #"{"type": "input_audio_buffer.commit"}"#)
        let bytes = (first + last).compactMap { event in
            event.firstMatch(of: /"audio": "([^"]+)"/).flatMap { Data(base64Encoded: String($0.1)) }
        }
        #expect(bytes.reduce(0) { $0 + $1.count } == 2 * 2400)
    }
}
