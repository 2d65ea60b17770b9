import Testing

@testable import Upstreams

struct StreamTranslationTests {
    private func events(_ data: [String], ends: Bool = true) -> [UpstreamEvent] {
        var translation = StreamTranslation()
        return data.flatMap { translation.receive($0) } + (ends ? translation.end() : [])
    }

    @Test func openAIsEventsPassAsTheyCome() {
        let delta = #"{"type":"transcript.text.delta","delta":"Hi","logprobs":[]}"#
        let done = #"{"type":"transcript.text.done","text":"Hi"}"#
        #expect(
            events([delta, done, "[DONE]"]) == [
                .relayed(type: "transcript.text.delta", json: delta),
                .relayed(type: "transcript.text.done", json: done), .finished,
            ])
    }

    @Test func vLLMsChunksBecomeDeltasAndATextThatIsTheirSum() {
        func chunk(_ text: String, finish: String = "null") -> String {
            #"{"id":"trsc-1","object":"transcription.chunk","choices":[{"delta":{"content":"\#(text)"},"finish_reason":\#(finish)}]}"#
        }
        let usage = #"{"object":"transcription.chunk","choices":[],"usage":{"total_tokens":9}}"#
        #expect(
            events([chunk(" Hello"), chunk(" world"), chunk("", finish: #""stop""#), usage, "[DONE]"]) == [
                .delta(" Hello"), .delta(" world"), .done(" Hello world"), .finished,
            ])
        // Each piece of a long recording has a finish_reason, so none of them is the end.
        #expect(
            events([chunk("Hi", finish: #""stop""#)]) == [
                .delta("Hi"), .failed("It broke off in the middle of its answer."),
            ])
    }

    @Test func aStreamWithoutItsEndFails() {
        let delta = #"{"type":"transcript.text.delta","delta":"Hi"}"#
        #expect(events([delta]).last == .failed("It broke off in the middle of its answer."))
        let chunk = #"{"object":"transcription.chunk","choices":[{"delta":{"content":"Hi"}}]}"#
        #expect(events([chunk]).last == .failed("It broke off in the middle of its answer."))
        #expect(events(["[DONE]"]) == [.failed("It ended the stream without a text.")])
        #expect(events([]) == [.failed("It broke off in the middle of its answer.")])
    }

    @Test func nothingFollowsAnError() {
        let done = #"{"type":"transcript.text.done","text":"Hi"}"#
        #expect(events([#"{"error":{"message":"No memory"}}"#, done, "[DONE]"]) == [.failed("No memory")])
        #expect(events([#"{"type":"error","message":"No memory"}"#, done]) == [.failed("No memory")])
        #expect(events(["{", done]) == [.failed("It sent an event that is no JSON.")])
    }

    @Test func anEventIsSentOnInOneLine() {
        let event = "{\"type\": \"transcript.text.delta\",\n\"delta\": \"a\u{2028}b\"}"
        #expect(
            events([event], ends: false) == [
                .relayed(
                    type: "transcript.text.delta", json: #"{"type": "transcript.text.delta", "delta": "a b"}"#)
            ])
        #expect(events([#"{"type": "transcript.x\nevent: evil"}"#], ends: false).isEmpty)
    }

    @Test(arguments: [[7], [1], [1000]])
    func eventsAreReadHoweverTheyAreSplit(sizes: [Int]) throws {
        let bytes = Array(": hello\r\nevent: x\r\ndata: one\rdata: two\n\r\ndata:three\n\n\ndata: [DONE]".utf8)
        var parser = EventParser(longestLine: 100, longestStream: 1000)
        var events: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            events += try parser.take(rest.prefix(sizes[0]))
            rest = rest.dropFirst(sizes[0])
        }
        events += try parser.finish()
        #expect(events == ["one\ntwo", "three", "[DONE]"])
    }

    @Test func linesEventsAndStreamsAreBounded() {
        var parser = EventParser(longestLine: 10, longestStream: 1000)
        #expect(throws: EventParser.Excess.line) { try parser.take("data: 12345678".utf8) }
        parser = EventParser(longestLine: 10, longestStream: 1000)
        #expect(throws: EventParser.Excess.line) {
            for _ in 0..<10 { _ = try parser.take("data: 12\n".utf8) }
        }
        parser = EventParser(longestLine: 10, longestStream: 100)
        #expect(throws: EventParser.Excess.stream) {
            for _ in 0..<100 { _ = try parser.take(": 1\n\n".utf8) }
        }
    }
}
