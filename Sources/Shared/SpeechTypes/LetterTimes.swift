/// When each letter of a segment was said.
struct LetterTimes {
    private let whole: Range<Duration>
    /// The letters of the tokens, and the share of its token's time that each one has.
    private let spoken: [(letter: String, time: Range<Duration>)]

    init(_ segment: Transcript.Segment) {
        whole = segment.start..<max(segment.start, segment.end)
        var now = whole.lowerBound
        var tokens: [(letters: [String], start: Duration)] = []
        for token in segment.tokens {
            guard let start = token.start else { continue }
            let letters = token.spokenLetters
            guard !letters.isEmpty else { continue }
            now = min(max(now, start), whole.upperBound)  // a model's times promise nothing
            tokens.append((letters, now))
        }
        let ends = tokens.dropFirst().map(\.start) + [whole.upperBound]
        spoken = zip(tokens, ends).flatMap { token, end in
            let count = token.letters.count
            let end = min(end, token.start + Self.longestToken + Self.longestLetter * count)
            return zip(token.letters, Self.spread(count, over: [token.start..<end]))
        }
    }

    /// A token lasts at most 0.2 s and 0.08 s for each letter; what follows is a pause.
    ///
    /// About twice what a syllable takes: 0.16 s in English, about three letters, and 0.19 s in Mandarin, one character
    /// (Pellegrino, Coupé and Marsico 2011, "A cross-language perspective on speech information rate").
    private static let longestToken = Duration.milliseconds(200)
    private static let longestLetter = Duration.milliseconds(80)

    /// Gives each letter of a text its time: in order, not overlapping.
    ///
    /// A letter that the tokens have too takes its time from there. Letters in between share the time of the tokens that
    /// have no other letter, or the gap where there are none.
    func times(of letters: [String]) -> [Range<Duration>] {
        var unspoken: Set<Int> = []  // letters that no token has
        var unwritten: Set<Int> = []  // letters of tokens that the text lacks
        for change in letters.difference(from: spoken.map(\.letter)) {
            switch change {
            case .insert(let offset, _, _): unspoken.insert(offset)
            case .remove(let offset, _, _): unwritten.insert(offset)
            }
        }
        var times: [Range<Duration>] = []
        var place = 0
        while times.count < letters.count || place < spoken.count {
            let letter = times.count
            let end = (letter...).first { !unspoken.contains($0) } ?? letter
            let next = (place...).first { !unwritten.contains($0) } ?? place
            times += Self.spread(
                end - letter, over: place < next ? spoken[place..<next].map(\.time) : [gap(before: next)])
            if next < spoken.count { times.append(spoken[next].time) }
            place = next + 1
        }
        return times
    }

    private func gap(before place: Int) -> Range<Duration> {
        let start = place > 0 ? spoken[place - 1].time.upperBound : whole.lowerBound
        let end = place < spoken.count ? spoken[place].time.lowerBound : whole.upperBound
        return start..<end
    }

    /// Lays a number of letters along stretches of time, each letter as long as the others.
    static func lay(_ count: Int, along stretches: [Range<Duration>]) -> [Range<Duration>] {
        let total = stretches.reduce(Duration.zero) { $0 + ($1.upperBound - $1.lowerBound) }
        var rest = stretches[...]
        var before = Duration.zero  // the time of the stretches that are done
        /// Where a time of speech lies; a start goes to the next stretch where one ends.
        func place(_ time: Duration, isStart: Bool) -> Duration {
            while rest.count > 1, let first = rest.first {
                let length = first.upperBound - first.lowerBound
                guard isStart ? time >= before + length : time > before + length else { break }
                before += length
                rest.removeFirst()
            }
            guard let first = rest.first else { return time }
            return min(first.upperBound, first.lowerBound + (time - before))
        }
        return (0..<count).map { letter in
            let start = place(total * letter / count, isStart: true)
            return start..<max(start, place(total * (letter + 1) / count, isStart: false))
        }
    }

    /// Lays a number of letters over stretches of time, each stretch holding equally many; parts of letters count.
    private static func spread(_ count: Int, over stretches: [Range<Duration>]) -> [Range<Duration>] {
        /// The time at `share / count` of stretch `index`.
        func time(_ index: Int, _ share: Int) -> Duration {
            let stretch = stretches[index]
            return stretch.lowerBound + (stretch.upperBound - stretch.lowerBound) * share / count
        }
        return (0..<count).map { letter in
            let start = letter * stretches.count
            let last = (start + stretches.count - 1) / count
            return time(start / count, start % count)..<time(last, start + stretches.count - last * count)
        }
    }
}

extension Token {
    /// The letters that the token stands for, to be compared with those of a text.
    ///
    /// The signs of families that do not mark a letter go: SentencePiece's `▁` and white space before a word, `@@` after a
    /// part of one, and marks in angle brackets such as `<|en|>`. A byte such as `<0xE4>` is a letter nobody knows.
    fileprivate var spokenLetters: [String] {
        guard text.hasPrefix("<"), text.hasSuffix(">") else { return text.spokenLetters.filter { $0 != "▁" } }
        return text.hasPrefix("<0x") ? ["\u{FFFD}"] : []
    }
}

extension String {
    /// The characters that are heard, in lower case.
    var spokenLetters: [String] { filter(\.isSpoken).map { $0.lowercased() } }
}
