/// A word of a transcript with its time.
public struct Word: Sendable, Equatable {
    /// The word as written in the text, with its punctuation: `Hello,` or `好。`.
    public let text: String
    /// Its start in the recording.
    public let start: Duration
    /// Its end; never before `start`. Excludes the pause after the word.
    public let end: Duration
    /// Whether the text has a space before it; scripts without spaces have none.
    public let followsSpace: Bool

    /// Makes a word.
    public init(text: String, start: Duration, end: Duration, followsSpace: Bool) {
        self.text = text
        self.start = start
        self.end = end
        self.followsSpace = followsSpace
    }
}

extension Transcript.Segment {
    /// Whether the model reported times of its tokens.
    public var hasTokenTimes: Bool { tokens.contains { $0.start != nil } }

    /// The words of the text, with the times of their tokens.
    ///
    /// The text decides what the words are: it may differ from the tokens (`2024` for `twenty`, `twenty`, `four`).
    /// Without token times, the words share the time of the segment's speech by their length.
    ///
    /// - Returns: Words in order, not overlapping, within the segment; joined, they are the text up to white space.
    public func words() -> [Word] {
        let written = Script.words(in: text)
        let whole = start..<max(start, end)
        let stretches = speech.map { $0.clamped(to: whole) }.filter { !$0.isEmpty }
        if !hasTokenTimes, !stretches.isEmpty {
            return zip(written, WordEstimate(of: written, along: stretches).times).map { word, time in
                Word(text: word.text, start: time.lowerBound, end: time.upperBound, followsSpace: word.followsSpace)
            }
        }
        var times = LetterTimes(self).times(of: written.flatMap(\.text.spokenLetters))[...]
        return written.map { word in
            let own = times.prefix(word.text.spokenLetters.count)
            times = times.dropFirst(own.count)
            // Only a text of nothing but punctuation has a word without letters.
            return Word(
                text: word.text, start: own.first?.lowerBound ?? start, end: own.last?.upperBound ?? max(start, end),
                followsSpace: word.followsSpace)
        }
    }
}
