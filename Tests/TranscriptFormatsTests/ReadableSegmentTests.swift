import SpeechTypes
import Testing
import TranscriptFormats

@Suite struct ReadableSegmentTests {
    /// `|` is a second of silence in the script, and a cut in the result.
    @Test(arguments: [
        ("Short. And | sweet.", "Short. And sweet."),
        (
            "This is a first sentence of about five seconds in all, no more. "
                + "Then comes a second one that takes a bit longer to be said, I think. The third is short.",
            "This is a first sentence of about five seconds in all, no more.|"
                + "Then comes a second one that takes a bit longer to be said, I think. The third is short."
        ),
        (
            "one two three four five six seven eight nine ten eleven, | twelve thirteen fourteen fifteen sixteen seventeen "
                + "eighteen nineteen twenty | twenty-one twenty-two twenty-three twenty-four twenty-five",
            "one two three four five six seven eight nine ten eleven,|twelve thirteen fourteen fifteen sixteen seventeen "
                + "eighteen nineteen twenty|twenty-one twenty-two twenty-three twenty-four twenty-five"
        ),
        // A cut at a silence, even if the parts are short.
        ("Hello. | | | | Is anybody there?", "Hello.|Is anybody there?"),
        // Nowhere to cut.
        (
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen, "
                + "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four",
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen, "
                + "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four"
        ),
    ])
    func longStretchesAreCutAtSentencesAndPauses(script: String, texts: String) {
        let segment = Transcript.Segment.spoken(script, from: .seconds(3))
        let parts = segment.readable()
        #expect(parts.map(\.text).joined(separator: "|") == texts)
        #expect(parts.map { $0.tokens.map(\.text).joined().dropFirst() } == parts.map { $0.text[...] })
        #expect(parts.map(\.start) == parts.map { $0.tokens.first?.start })
        #expect(parts.last?.end == segment.end)
    }

    @Test func withoutTokenTimesASegmentStaysWhole() {
        let text = "This would be long enough to be cut. If only it were known when it was said. It is not."
        let tokens = text.split(separator: " ").map { Token(text: String($0), start: nil) }
        let segment = Transcript.Segment(start: .zero, end: .seconds(28), text: text, tokens: tokens)
        #expect(segment.readable() == [segment])
    }

    @Test func aSegmentWithoutTextStaysWhole() {
        let segment = Transcript.Segment(
            start: .zero, end: .seconds(28), text: " ", tokens: [Token(text: "a", start: .zero)])
        #expect(segment.readable() == [segment])
    }
}
