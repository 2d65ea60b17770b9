import Foundation
import SpeechTypes
import Testing
import TranscriptFormats

@Suite struct TranscriptStreamEventTests {
    @Test func streamsTheGoldenTranscript() throws {
        let meeting = stream(of: Transcript.meetingSegments, lasting: .milliseconds(7500))
        #expect(try Data(meeting.utf8) == golden("meeting.sse"))
    }

    @Test(arguments: [
        (TranscriptStreamEvent.finished, "data: [DONE]\n\n"),
        (.keepAlive, ": keep-alive\n\n"),
        (.delta(" a\nb"), "data: {\"type\": \"transcript.text.delta\", \"delta\": \" a\\nb\"}\n\n"),
        (.error(["error": ["param": nil]]), "data: {\"error\": {\"param\": null}}\n\n"),
        (
            .done(Transcript(duration: .milliseconds(2500))),
            "data: {\"type\": \"transcript.text.done\", \"text\": \"\", \"duration\": 2.5, \"language\": \"auto\"}\n\n"
        ),
        (
            .done(.assuming("yue")),
            "data: {\"type\": \"transcript.text.done\", \"text\": \"\", \"duration\": 0, \"language\": \"yue\"}\n\n"
        ),
    ])
    func anEventIsOneLineAndABlankLine(event: TranscriptStreamEvent, text: String) {
        #expect(event.text() == text)
    }

    /// For clients that use the names of events and the segments in the last one.
    @Test func verboseJSONEventsAreNamedAndTheLastHasSegments() throws {
        var transcript = Transcript(duration: .milliseconds(7500))
        for segment in Transcript.meetingSegments { transcript.append(segment) }
        let echo = RequestEcho(temperature: 0.2)
        #expect(
            TranscriptStreamEvent.delta("a").text(for: .verboseJSON)
                == "event: transcript.text.delta\ndata: {\"type\": \"transcript.text.delta\", \"delta\": \"a\"}\n\n")
        #expect(TranscriptStreamEvent.finished.text(for: .verboseJSON) == "data: [DONE]\n\n")
        #expect(
            TranscriptStreamEvent.error(["error": nil]).text(for: .verboseJSON)
                == "event: error\ndata: {\"error\": null}\n\n")
        let done = TranscriptStreamEvent.done(transcript).text(for: .verboseJSON, echoing: echo)
        let lines = done.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "event: transcript.text.done")
        let body = ResponseFormat.verboseJSON.render(transcript, echoing: echo)
        let segments = body[try #require(body.range(of: #""segments": \[.*\]"#, options: .regularExpression))]
        #expect(lines[1].hasSuffix("\(segments)}"))
        #expect(lines[1].contains(#""language": "en", "segments": ["#))
        #expect(lines.count == 4)
    }

    @Test func theDeltasJoinToTheFinalText() throws {
        var generator = SeededGenerator(seed: 3)
        let texts = ["Hello.", "and", "你好，", "世界。", "สวัสดี", "", "\"quoted\"", "a\nb", "안녕", "カタカナ"]
        for _ in 0..<300 {
            let segments = (0..<Int.random(in: 0...8, using: &generator)).map { index in
                let text = texts.randomElement(using: &generator) ?? ""
                return Transcript.Segment(start: .seconds(index), end: .seconds(index + 1), text: text)
            }
            let events = try events(in: stream(of: segments, lasting: .seconds(8)))
            let deltas = events.compactMap { $0["delta"] as? String }
            let done = try #require(events.last)
            #expect(deltas.count == segments.count { !$0.text.isEmpty })
            #expect(done["type"] as? String == "transcript.text.done")
            #expect(deltas.joined() == done["text"] as? String)
        }
    }
}

/// The bytes sent for a transcript that grows by these segments.
private func stream(of segments: [Transcript.Segment], lasting duration: Duration) -> String {
    var transcript = Transcript(duration: duration)
    var events = segments.map { transcript.append($0) }.filter { !$0.isEmpty }.map(TranscriptStreamEvent.delta)
    events += [.done(transcript), .finished]
    return events.map { $0.text() }.joined()
}

/// Parses the JSON objects of a stream as a client does; the stream must end with `[DONE]`.
private func events(in stream: String) throws -> [[String: Any]] {
    var lines = stream.components(separatedBy: "\n\n")
    #expect(lines.suffix(2) == ["data: [DONE]", ""])
    lines.removeLast(2)
    return try lines.map { line in
        #expect(line.hasPrefix("data: ") && !line.contains("\n"))
        return try object(String(line.dropFirst("data: ".count)))
    }
}

extension Transcript {
    /// An empty transcript with a language.
    fileprivate static func assuming(_ code: String) -> Transcript {
        var transcript = Transcript()
        transcript.assume(Language(code: code))
        return transcript
    }
}
