/// A word of a transcript and when it was said.
public struct Word: Sendable, Equatable {
    /// The word as the text writes it, with the punctuation that belongs to it: `Hello,` or `好。`.
    public let text: String
    /// When it begins in the recording.
    public let start: Duration
    /// When it ends; never before `start`. A pause after the word is not part of it.
    public let end: Duration
    /// Whether the text has a space before it; scripts without spaces have none.
    public let followsSpace: Bool

    /// Names a word and when it was said.
    public init(text: String, start: Duration, end: Duration, followsSpace: Bool) {
        self.text = text
        self.start = start
        self.end = end
        self.followsSpace = followsSpace
    }
}

extension Transcript.Segment {
    /// Whether the model told when it heard its tokens.
    public var hasTokenTimes: Bool { tokens.contains { $0.start != nil } }

    /// The words of the text, with the times of the tokens they were made from.
    ///
    /// The text decides which words there are: it may be written otherwise than the tokens (`2024` for `twenty`, `twenty`,
    /// `four`). Without token times the words share the time of the segment's speech by their length.
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
            // Only a text that is all punctuation has a word without letters.
            return Word(
                text: word.text, start: own.first?.lowerBound ?? start, end: own.last?.upperBound ?? max(start, end),
                followsSpace: word.followsSpace)
        }
    }
}
