@testable import APIServer
import SpeechTypes
import Testing

@Suite struct RealtimeConversationTests {
    private static func types(_ events: [ServerEvent]) -> [String] {
        events.compactMap { $0.text.firstMatch(of: #/"type": "([a-z_.]+)"/#).map { String($0.1) } }
    }

    private static func piece(_ text: String) -> [Transcript.Segment] {
        [Transcript.Segment(start: .zero, end: .zero, text: text)]
    }

    @Test func withoutTranscriptionATurnHasNoText() {
        var conversation = RealtimeConversation()
        let silent = RealtimeConfiguration(transcription: nil)
        let events: [LiveEvent] = [
            .turnBegan(turn: 0, at: 0, bySpeech: true), .piece(turn: 0, segments: Self.piece("hello"), upTo: 9),
            .speechStopped(turn: 0, at: 16_000), .committed(turn: 0, audio: 0..<16_000, byClient: false),
            .completed(turn: 0, language: nil),
        ]
        let sent = events.flatMap { conversation.receive($0, of: 1, silent) }
        #expect(
            Self.types(sent) == [
                "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
            ])
        #expect(conversation.turnCount == 1)
    }

    @Test func silenceIsToldOnceForEachTimeout() {
        var conversation = RealtimeConversation()
        let configuration = RealtimeConfiguration(turnDetection: .server(.init(), idleTimeout: .seconds(5)))
        let sent = (1...12).map { conversation.receive(.heard(upTo: $0 * 16_000), of: 1, configuration) }
        #expect(sent.map { !$0.isEmpty }.enumerated().filter(\.element).map { $0.offset + 1 } == [5, 10])
        #expect(Self.types(sent[4]).first == "input_audio_buffer.timeout_triggered")
        #expect(Self.types(sent[4]).last == "conversation.item.input_audio_transcription.completed")
    }

    @Test func aTurnThatTheClientCommitsIsNoSilence() {
        var conversation = RealtimeConversation()
        let configuration = RealtimeConfiguration(turnDetection: .server(.init(), idleTimeout: .seconds(5)))
        _ = conversation.receive(.turnBegan(turn: 0, at: 0, bySpeech: true), of: 1, configuration)
        _ = conversation.receive(.committed(turn: 0, audio: 0..<96_000, byClient: true), of: 1, configuration)
        #expect(conversation.receive(.heard(upTo: 96_000), of: 1, configuration).isEmpty)
    }

    @Test func aRefusedCommitNamesItsEvent() {
        var conversation = RealtimeConversation()
        conversation.commit("first", of: 1)
        conversation.commit("other", of: 2)
        conversation.commit("second", of: 1)
        let configuration = RealtimeConfiguration(turnDetection: nil)
        _ = conversation.receive(.committed(turn: 0, audio: 0..<9, byClient: true), of: 1, configuration)
        let refusal = conversation.receive(.commitRefused, of: 1, configuration)
        #expect(refusal.first?.text.contains(#""event_id": "second""#) == true)
    }

    @Test func aCommitAfterTheServersOwnIsNoError() {
        var conversation = RealtimeConversation()
        let configuration = RealtimeConfiguration()
        conversation.commit("late", of: 1)
        _ = conversation.receive(.committed(turn: 0, audio: 0..<9, byClient: false), of: 1, configuration)
        #expect(conversation.receive(.commitRefused, of: 1, configuration).isEmpty)
        conversation.commit("next", of: 1)
        let refusal = conversation.receive(.commitRefused, of: 1, RealtimeConfiguration(turnDetection: nil))
        #expect(refusal.first?.text.contains(#""event_id": "next""#) == true, "the first commit was answered")
    }

    @Test func aFailedJobFailsItsTurnsOnly() {
        var conversation = RealtimeConversation()
        let configuration = RealtimeConfiguration()
        _ = conversation.receive(.committed(turn: 0, audio: 0..<9, byClient: false), of: 1, configuration)
        _ = conversation.receive(.committed(turn: 0, audio: 9..<20, byClient: false), of: 2, configuration)
        conversation.commit("unanswered", of: 1)
        let failures = conversation.fail(job: 1, .unforeseen, configuration)
        #expect(Self.types(failures) == [RealtimeClient.transcription + "failed", "error"])
        #expect(failures.last?.text.contains(#""event_id": "unanswered""#) == true)
        #expect(conversation.fail(job: 1, .unforeseen, configuration).isEmpty)
        let completed = conversation.receive(.completed(turn: 0, language: nil), of: 2, configuration)
        #expect(Self.types(completed) == ["conversation.item.input_audio_transcription.completed"])
    }
}
