@testable import APIServer
import Foundation
import NIOCore
import Testing

@Suite struct ClientEventTests {
    @Test func audioIsDecoded() throws {
        let received = try ClientEvent.parse(
            ByteBuffer(string: #"{"type": "input_audio_buffer.append", "event_id": "e1", "audio": "AAEC"}"#))
        guard case .append(let audio) = received.event else { Issue.record("no audio"); return }
        #expect(audio == Data([0, 1, 2]))
        #expect(received.id == "e1")
    }

    @Test(
        arguments: [
            ("", "type", nil), ("[]", "type", nil), (#"{"type": 7}"#, "type", nil), ("\u{0}", "type", nil),
            (String(repeating: "[", count: 100_000), "type", nil),
            (#"{"type": "response.create", "event_id": "e2"}"#, "type", "e2"),
            (#"{"type": "session.update", "event_id": "e3"}"#, "session", "e3"),
            (#"{"type": "session.update", "session": []}"#, "session", nil),
            (#"{"type": "input_audio_buffer.append"}"#, "audio", nil),
            (#"{"type": "input_audio_buffer.append", "audio": "äöü"}"#, "audio", nil),
        ] as [(String, String, String?)])
    func whatIsNoEventIsNamed(message: String, parameter: String, id: String?) {
        let refused = #expect(throws: ClientEvent.Refused.self) {
            try ClientEvent.parse(ByteBuffer(string: message))
        }
        #expect(refused?.error.parameter == parameter)
        #expect(refused?.id == id)
    }
}
