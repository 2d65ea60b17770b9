@testable import APIServer
import Foundation
import NIOCore
import Testing
import TranscriptFormats

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

    private static func append(characters: Int) -> ByteBuffer {
        ByteBuffer(
            string: #"{"type": "input_audio_buffer.append", "audio": ""# + String(repeating: "A", count: characters)
                + #""}"#)
    }

    @Test func anAppendHasAtMostFifteenMebibytes() throws {
        guard case .append(let audio) = try ClientEvent.parse(Self.append(characters: 20 << 20)).event else {
            Issue.record("no audio")
            return
        }
        #expect(audio.count == 15 << 20)
        let refused = #expect(throws: ClientEvent.Refused.self) {
            try ClientEvent.parse(Self.append(characters: 20 << 20 + 4))
        }
        #expect(refused?.error.parameter == "audio")
    }

    /// A parser that calls itself for every level would end the process.
    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")]) func deepValuesAreRefused(open: String, close: String) {
        for depth in [1000, 100_000] {
            let value = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            for message in [
                #"{"type": "session.update", "session": {"audio": \#(value)}}"#,
                #"{"type": "session.update", "session": \#(value)}"#, #"{"type": \#(value)}"#, value,
            ] {
                #expect(throws: ClientEvent.Refused.self) { try ClientEvent.parse(ByteBuffer(string: message)) }
            }
        }
    }

    /// A character may have any number of combining marks.
    @Test func aRefusalQuotesLittle() throws {
        let long = "a" + String(repeating: "\u{301}", count: 1 << 20)
        for text in [long, String(repeating: "a", count: 1 << 20)] {
            let message = JSONValue.object([("type", .string(text)), ("event_id", .string(text))]).text
            let refused = #expect(throws: ClientEvent.Refused.self) {
                try ClientEvent.parse(ByteBuffer(string: message))
            }
            let event = try #require(refused.map { ServerEvent.error($0.error, cause: $0.id) })
            #expect(event.text.utf8.count < 8 << 10)
        }
    }
}
