package struct Word: Sendable, Equatable {
    /// The word as written in the text, with its punctuation: `Hello,` or `好。`.
    package let text: String
    package let start: Duration
    /// Its end; never before `start`. Excludes the pause after the word.
    package let end: Duration
    /// Whether the text has a space before it; scripts without spaces have none.
    package let followsSpace: Bool

    package init(text: String, start: Duration, end: Duration, followsSpace: Bool) {
        self.text = text
        self.start = start
        self.end = end
        self.followsSpace = followsSpace
    }
}

extension Transcript.Segment {
    package var hasTokenTimes: Bool { tokens.contains { $0.start != nil } }

    /// The words of the text, with the times of their tokens.
    ///
    /// The text decides what the words are: it may differ from the tokens (`2024` for `twenty`, `twenty`, `four`).
    /// Without token times, the words share the time of the segment's speech by their length.
    ///
    /// - Returns: Words in order, not overlapping, within the segment; joined, they are the text up to white space.
    package func words() -> [Word] {
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

/// Estimates the times of words without token times: distributes them along the stretches of speech by their length.
///
/// A long pause is assigned to a gap between two words: near the position that the lengths suggest, preferably at the
/// end of a sentence.
struct WordEstimate {
    /// Stretches of speech with a shorter pause between them belong to one phrase.
    private static let longPause = Duration.milliseconds(500)
    /// How many letters farther away the end of a sentence may be to be preferred for a pause.
    private static let sentenceEnd = 15.0
    /// The same for other punctuation, such as a comma.
    private static let punctuation = 5.0

    let times: [Range<Duration>]

    /// Distributes words along stretches of speech, which are in order and not empty.
    init(of words: [WrittenWord], along speech: [Range<Duration>]) {
        let phrases = Self.phrases(of: speech)
        let lengths = words.map { $0.text.spokenLetters.count }
        let total = Double(lengths.reduce(0, +))
        let time = phrases.map(Self.time).reduce(.zero, +)
        var times: [Range<Duration>] = []
        var heard = Duration.zero
        for (index, phrase) in phrases.enumerated() {
            heard += Self.time(of: phrase)
            let isLast = index == phrases.count - 1
            let end =
                isLast ? words.count : Self.pause(after: total * (heard / time), from: times.count, words, lengths)
            var letters = LetterTimes.lay(lengths[times.count..<end].reduce(0, +), along: phrase)[...]
            for length in lengths[times.count..<end] {
                let own = letters.prefix(length)
                letters = letters.dropFirst(length)
                let previous = times.last?.upperBound ?? phrase[0].lowerBound
                times.append((own.first?.lowerBound ?? previous)..<(own.last?.upperBound ?? previous))
            }
        }
        self.times = times
    }

    private static func phrases(of speech: [Range<Duration>]) -> [[Range<Duration>]] {
        speech.reduce(into: []) { phrases, stretch in
            if let last = phrases.last?.last, stretch.lowerBound - last.upperBound < longPause {
                phrases[phrases.count - 1].append(stretch)
            } else {
                phrases.append([stretch])
            }
        }
    }

    private static func time(of phrase: [Range<Duration>]) -> Duration {
        phrase.reduce(.zero) { $0 + ($1.upperBound - $1.lowerBound) }
    }

    /// The word before which there is a pause, if `letters` letters precede the pause.
    private static func pause(
        after letters: Double, from first: Int, _ words: [WrittenWord], _ lengths: [Int]
    ) -> Int {
        var before = Double(lengths[..<first].reduce(0, +))
        var best = (cost: abs(before - letters), index: first)
        for index in words.indices.dropFirst(first) {
            before += Double(lengths[index])
            // No preference for the last word: the remaining stretches would have no words.
            let isLast = index == words.count - 1
            let cost = abs(before - letters) - (isLast ? 0 : ease(of: words[index].text))
            if cost < best.cost { best = (cost, index + 1) }
        }
        return best.index
    }

    private static func ease(of text: String) -> Double {
        guard let last = text.last, !last.isSpoken else { return 0 }
        return last.unicodeScalars.contains(where: \.properties.isSentenceTerminal) ? sentenceEnd : punctuation
    }
}
