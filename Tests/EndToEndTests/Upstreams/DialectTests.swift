import Foundation
import TestSupport
import Testing

/// Servers that answer in other ways than asr2clip.
@Suite(.serialized)
struct DialectTests {
    private static let verbose = ScriptedServer.Step.answer(
        #"""
        {"task": "transcribe", "language": "english", "duration": 2.0, "text": "Hi you",
        "segments": [{"start": 0.5, "end": 1.5, "text": " Hi you"}]}
        """#)

    private static func chunk(_ text: String, finish: String = "null") -> String {
        #"{"id": "trsc-1", "object": "transcription.chunk", "created": 1, "model": "m", "choices": "#
            + #"[{"delta": {"content": "\#(text)"}, "finish_reason": \#(finish)}]}"#
    }

    @Test func aStreamOfVLLMBecomesOpenAIs() async throws {
        let chunks = UpstreamAnswer.events([
            Self.chunk(" Hi"), Self.chunk(" you"), Self.chunk("", finish: #""stop""#), "[DONE]",
        ])
        try await withForwarder(toScript: chunks) { client, _, upstream in
            let answer = try await client.transcribe(word, ["stream": "true"])
            #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
            let expected = """
                data: {"type": "transcript.text.delta", "delta": " Hi"}

                data: {"type": "transcript.text.delta", "delta": " you"}

                data: {"type": "transcript.text.done", "text": " Hi you", "language": "auto"}

                data: [DONE]


                """
            #expect(answer.body == expected)
            #expect(try #require(upstream.requests.first).body.contains("name=\"stream\"\r\n\r\ntrue\r\n"))
        }
    }

    @Test func aStreamThatFailsInVLLMFails() async throws {
        let chunks = UpstreamAnswer.events([
            Self.chunk(" Hi"), #"{"error": {"message": "Out of memory", "type": "InternalServerError"}}"#, "[DONE]",
        ])
        try await withForwarder(toScript: chunks) { client, _, _ in
            let answer = try await client.transcribe(word, ["stream": "true"])
            #expect(answer.body.contains(#""delta": " Hi""#))
            #expect(answer.body.contains("Out of memory"))
            #expect(!answer.body.contains("[DONE]"))
        }
    }

    /// OpenAI's whisper-1 ignores `stream`.
    @Test func anAnswerInOnePieceBecomesAStream() async throws {
        try await withForwarder(toScript: UpstreamAnswer.text("Hi")) { client, _, _ in
            let answer = try await client.transcribe(word, ["stream": "true"])
            let expected = """
                data: {"type": "transcript.text.delta", "delta": "Hi"}

                data: {"type": "transcript.text.done", "text": "Hi", "language": "auto"}

                data: [DONE]


                """
            #expect(answer.body == expected)
        }
        try await withForwarder(toScript: [Self.verbose], and: ["streams": "false"]) { client, _, upstream in
            let events = try await client.stream(
                .init(path: Fixtures.audio(word)), ["stream": "true", "response_format": "verbose_json"])
            #expect(events == [.delta("Hi you"), .done(text: "Hi you", duration: 2, language: "en"), .finished])
            #expect(try #require(upstream.requests.first).body.contains("name=\"stream\"") == false)
        }
    }

    @Test func aStreamOfSegmentsIsMadeForVLLM() async throws {
        try await withForwarder(toScript: [Self.verbose]) { client, _, upstream in
            // What it says of its model is known.
            try await eventually("the upstream is known") { try await client.get("/health/ready").status == 200 }
            let events = try await client.stream(
                .init(path: Fixtures.audio(word)), ["stream": "true", "response_format": "verbose_json"])
            #expect(events == [.delta("Hi you"), .done(text: "Hi you", duration: 2, language: "en"), .finished])
            let body = try #require(upstream.requests.first).body
            #expect(body.contains("name=\"response_format\"\r\n\r\nverbose_json\r\n"))
            #expect(!body.contains("name=\"stream\""))
        }
    }

    @Test func subtitlesAreMadeForAServerThatWritesNone() async throws {
        try await withForwarder(toScript: [Self.verbose], and: ["subtitles": "false"]) { client, _, upstream in
            let answer = try await client.transcribe(word, ["response_format": "srt"])
            #expect(answer.body == "1\n00:00:00,500 --> 00:00:01,500\nHi you\n")
            #expect(answer.headers["content-type"] == "application/x-subrip; charset=utf-8")
            #expect(
                try #require(upstream.requests.first).body
                    .contains("name=\"response_format\"\r\n\r\nverbose_json\r\n"))
        }
    }

    @Test func aTextInJSONBecomesPlain() async throws {
        try await withForwarder(toScript: UpstreamAnswer.text("Hi")) { client, _, _ in
            let answer = try await client.transcribe(word, ["response_format": "text"])
            #expect(answer.body == "Hi")
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        }
    }
}

extension ScriptedServer.Step {
    /// A complete response with JSON.
    fileprivate static func answer(_ json: String) -> Self {
        .send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)")
    }
}
