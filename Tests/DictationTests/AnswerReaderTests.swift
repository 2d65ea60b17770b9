import NIOCore
import Testing
import TranscriptFormats

@testable import Dictation

/// Responses of different vendors' servers, and the expected results.
@Suite struct AnswerReaderTests {
    private func read(
        _ body: String, _ type: String? = "application/json", _ format: ResponseFormat = .text, piece: Int = .max
    ) -> (verdict: AnswerReader.Verdict, progress: [TranscriptionProgress]) {
        var reader = AnswerReader(contentType: type, format: format)
        var progress: [TranscriptionProgress] = []
        var rest = Array(body.utf8)[...]
        while !rest.isEmpty, !reader.hasEnded {
            progress += reader.take(ByteBuffer(bytes: rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        return (reader.finish(), progress)
    }

    private func events(_ events: [String]) -> String { events.map { "data: \($0)\n\n" }.joined() }

    private static func chunk(_ content: String, _ rest: String = "") -> String {
        #"{"id": "t", "object": "transcription.chunk", "choices": [{"index": 0, "delta": {"content": "\#(content)"}\#(rest)}]}"#
    }

    private static let hello = #"{"type": "transcript.text.delta", "delta": "Hello "}"#
    private static let world = #"{"type": "transcript.text.delta", "delta": "world."}"#

    static let streams: [(events: [String], text: String)] = [
        ([hello, world, #"{"type": "transcript.text.done", "text": "Hello world."}"#, "[DONE]"], "Hello world."),
        ([hello, world, #"{"type": "transcript.text.done", "text": "Hello, world."}"#], "Hello, world."),
        ([hello, world, "[DONE]"], "Hello world."),
        ([hello, world, #"{"type": "transcript.text.done", "text": ""}"#], "Hello world."),
        ([hello, world, #"{"type": "transcript.text.done", "text": null}"#], "Hello world."),
        ([hello, world, #"{"type": "transcript.text.done"}"#], "Hello world."),
        ([hello, #"{"type": "transcript.text.segment", "id": 1}"#, world, "[DONE]"], "Hello world."),
        ([chunk("Hello "), chunk("world.", #", "finish_reason": "stop""#), "[DONE]"], "Hello world."),
        ([chunk("Hello "), chunk("world.", #", "finish_reason": "stop""#)], "Hello world."),
        // A long recording has several generations, each with an end.
        (
            [
                chunk("Hello ", #", "finish_reason": "stop""#), chunk("world.", #", "finish_reason": "stop""#),
                #"{"object": "transcription.chunk", "choices": [], "usage": {}}"#, "[DONE]",
            ], "Hello world."
        ),
        ([#"{"text": "Hello "}"#, #"{"text": "world."}"#], "Hello world."),
        ([#"{"text": "Hello"}"#, #"{"text": "world."}"#], "Hello world."),
        ([#"{"text": "你好"}"#, #"{"text": "世界"}"#], "你好世界"),
        ([#"{"type": "transcript.text.done", "text": ""}"#], ""), ([chunk(""), "[DONE]"], ""), ([#"{"text": ""}"#], ""),
    ]

    @Test(arguments: streams, [Int.max, 7])
    func everyDialectOfStreamsIsParsed(stream: (events: [String], text: String), piece: Int) {
        for type in ["text/event-stream", "text/event-stream; charset=utf-8", "Text/Event-Stream"] {
            let answer = read(events(stream.events), type, piece: piece)
            #expect(answer.verdict == .understood(stream.text))
        }
        // Some servers send another content type.
        #expect(read(events(stream.events), "text/plain").verdict == .understood(stream.text))
    }

    @Test func theLastEventNeedsNoTrailingBlankLine() {
        #expect(read(#"data: {"text": "Hello"}"#, "text/event-stream").verdict == .understood("Hello"))
    }

    @Test(arguments: [
        [#"{"kind": "final", "value": "Hello"}"#], ["Hello"], ["[DONE]"], [], [#"{"type": "speech.done", "text": 5}"#],
        [#"{"type": "transcript.text.done", "text": 5}"#],
        [#"{"type": "transcript.text.delta", "delta": 5}"#, "[DONE]"],
        ["[]", "5", "null"], [#"{"type": "x"}"#, #"{"type": "transcript.text.done", "text": ""}"#],
    ])
    func aStreamWithoutKnownEventsIsNotSilence(unknown: [String]) {
        guard case .notUnderstood = read(events(unknown), "text/event-stream").verdict else {
            Issue.record("\(read(events(unknown), "text/event-stream").verdict)")
            return
        }
    }

    @Test(arguments: [
        [hello], [hello, #"{"type": "x"}"#], [chunk("Hello")], [#"{"text": "Hello"}"#, "{\"text\": \"wor"],
    ])
    func aStreamWithoutItsFinalEventIsBroken(pieces: [String]) {
        #expect(read(events(pieces), "text/event-stream").verdict == .brokenOff)
    }

    @Test(arguments: [
        (#"{"error": {"message": "Out of memory."}}"#, "Out of memory."), (#"{"error": "dead"}"#, "dead"),
        (#"{"type": "error", "message": "gone"}"#, "gone"),
    ])
    func anErrorInAStreamKeepsItsReason(event: String, reason: String) {
        #expect(read(events([Self.hello, event]), "text/event-stream").verdict == .failed(reason))
    }

    @Test func progressAndDeltasAreReported() {
        let body = ": heard 1.5\n\n: keep-alive\n\n: heard soon\n\n" + events([Self.hello, "[DONE]", Self.world])
        #expect(read(body, "text/event-stream").progress == [.heard(.milliseconds(1500)), .delta("Hello ")])
    }

    @Test(arguments: [
        (#"{"text": " Hello.\n"}"#, "application/json", " Hello.\n"), (#"{"text": null}"#, "application/json", ""),
        (#"{"text": "", "error": null}"#, "application/json", ""), (#""Hello.""#, "application/json", "Hello."),
        ("Hello.\n", "text/plain", "Hello."), ("123", "text/plain; charset=utf-8", "123"), ("Hello.", nil, "Hello."),
        (#"{"text": "Hello"}"#, "text/html", "Hello"), ("\n", "text/plain", ""),
        ("{\"text\": \"Hello \"}\n{\"text\": \"world.\"}\n", "application/x-ndjson", "Hello world."),
    ])
    func unstreamedResponsesAreParsed(body: String, type: String?, text: String) {
        #expect(read(body, type).verdict == .understood(text))
    }

    @Test(arguments: [
        ("", "application/json"), ("", nil), (" \n", "application/json"), ("{}", "application/json"),
        (#"{"text": 5}"#, "application/json"), (#"{"text": ["a"]}"#, "application/json"), ("[]", "application/json"),
        (#"{"text": "Hel"#, "application/json"), ("{\"text\": \"a\"}\n{\"te", "application/json"),
        ("Hello.", "application/json"), ("5", "application/json"), ("<!doctype html>", "text/html"),
        ("<html>", "text/plain"), ("\0\u{1}\u{2}", "text/plain"), ("Hello.", "application/octet-stream"),
    ])
    func otherResponsesAreNeitherTextNorSilence(body: String, type: String?) {
        guard case .notUnderstood = read(body, type).verdict else {
            Issue.record("\(read(body, type).verdict)")
            return
        }
    }

    @Test func bytesThatAreNotUTF8AreNotUnderstood() {
        var reader = AnswerReader(contentType: "text/plain", format: .text)
        _ = reader.take(ByteBuffer(bytes: [0xFF, 0xFE, 0x41]))
        #expect(reader.finish() == .notUnderstood("bytes that are no text"))
    }

    @Test func anErrorWithStatus200IsAnError() {
        #expect(read(#"{"error": "failed to load"}"#).verdict == .failed("failed to load"))
        #expect(read(#"{"text": "", "error": {"message": "no"}}"#).verdict == .failed("no"))
    }

    @Test(arguments: [
        (ResponseFormat.json, #"{"text": "a"}"#, "application/json", true),
        (.verboseJSON, #"{"text": ""}"#, "application/json", true),
        (.json, "Hello", "text/plain", false),
        (.srt, "1\n00:00:00,000 --> 00:00:01,000\na\n", "application/x-subrip", true),
        (.srt, "", "application/x-subrip", true), (.srt, "", "application/json", false),
        (.srt, #"{"text": "a"}"#, "application/json", false), (.srt, "Hello", "text/plain", false),
        (.vtt, "WEBVTT\n", "text/vtt", true), (.vtt, "Hello", "text/vtt", false),
    ])
    func aDocumentMustHaveItsFormat(format: ResponseFormat, body: String, type: String, isOne: Bool) {
        let verdict = read(body, type, format).verdict
        #expect((verdict == .understood(body)) == isOne, "\(verdict)")
    }
}

@Suite struct ServerReasonTests {
    @Test(arguments: [
        (#"{"error": {"message": "Wrong key.", "type": "x"}}"#, "Wrong key."), (#"{"error": "no audio"}"#, "no audio"),
        (#"{"detail": "Model 'x' is not installed"}"#, "Model 'x' is not installed"),
        (
            #"{"detail": [{"loc": ["body", "model"], "msg": "Field required"}, {"msg": "Bad"}]}"#,
            "body.model: Field required; Bad"
        ),
        (#"{"message": "Not found"}"#, "Not found"), (#"{"object": "error", "message": "m", "code": 4}"#, "m"),
        ("backend out of\n memory\u{1B}[2J", "backend out of memory[2J"), (#""quoted""#, "quoted"),
        ("<html>oh</html>", nil), ("", nil), ("{\"error", nil), ("{}", nil), ("[1]", nil),
    ])
    func theErrorMessageOfEveryServerIsFound(body: String, reason: String?) {
        #expect(ServerReason.find(in: body.utf8) == reason)
    }

    @Test func aLongErrorMessageIsTruncated() {
        #expect(ServerReason.find(in: String(repeating: "x", count: 5_000).utf8)?.count == 300)
    }
}
