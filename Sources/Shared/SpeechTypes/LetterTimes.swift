/// The times of the letters of a segment.
struct LetterTimes {
    private let whole: Range<Duration>
    /// The letters of the tokens; the letters of a token share its time.
    private let spoken: [(letter: String, time: Range<Duration>)]

    init(_ segment: Transcript.Segment) {
        whole = segment.start..<max(segment.start, segment.end)
        var now = whole.lowerBound
        var tokens: [(letters: [String], start: Duration)] = []
        for token in segment.tokens {
            guard let start = token.start else { continue }
            let letters = token.spokenLetters
            guard !letters.isEmpty else { continue }
            now = min(max(now, start), whole.upperBound)  // a model's times may be out of order
            tokens.append((letters, now))
        }
        let ends = tokens.dropFirst().map(\.start) + [whole.upperBound]
        spoken = zip(tokens, ends).flatMap { token, end in
            let count = token.letters.count
            let end = min(end, token.start + Self.longestToken + Self.longestLetter * count)
            return zip(token.letters, Self.spread(count, over: [token.start..<end]))
        }
    }

    /// A token lasts at most 0.2 s plus 0.08 s for each letter; the rest is a pause.
    ///
    /// That is about twice the length of a syllable: 0.16 s in English, about three letters, and 0.19 s in Mandarin,
    /// one character (Pellegrino, Coupé and Marsico 2011, "A cross-language perspective on speech information rate").
    private static let longestToken = Duration.milliseconds(200)
    private static let longestLetter = Duration.milliseconds(80)

    /// The time of each letter of a text: in order, not overlapping. A letter that matches a token's letter gets its
    /// time. Letters in between share the time of the tokens without matching letters, or the gap if there are none.
    func times(of letters: [String]) -> [Range<Duration>] {
        var unspoken: Set<Int> = []  // letters that are in no token
        var unwritten: Set<Int> = []  // letters of tokens that are not in the text
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

    /// Distributes letters along stretches of time, each letter of equal length.
    static func lay(_ count: Int, along stretches: [Range<Duration>]) -> [Range<Duration>] {
        let total = stretches.reduce(Duration.zero) { $0 + ($1.upperBound - $1.lowerBound) }
        var rest = stretches[...]
        var before = Duration.zero  // the time of the stretches before `rest`
        /// The position of a time of speech; at the border of two stretches, a start belongs to the later one.
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

    /// Distributes letters over stretches of time, each stretch with equally many; fractions of letters are possible.
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
    /// The letters of the token, for comparison with those of a text.
    ///
    /// Markers of model families are removed: SentencePiece's `▁` and white space before a word, `@@` after a part of a
    /// word, and marks in angle brackets such as `<|en|>`. A byte such as `<0xE4>` counts as an unknown letter.
    fileprivate var spokenLetters: [String] {
        guard text.hasPrefix("<"), text.hasSuffix(">") else { return text.spokenLetters.filter { $0 != "▁" } }
        return text.hasPrefix("<0x") ? ["\u{FFFD}"] : []
    }
}

extension String {
    /// The spoken characters, in lower case.
    var spokenLetters: [String] { filter(\.isSpoken).map { $0.lowercased() } }
}
