import SpeechTypes

/// Arranges a segment's words in cues of at most two lines.
struct CueLayout {
    /// The columns of a line: 42, the common rule for Latin scripts (Netflix, Timed Text Style Guide).
    static let lineColumns = 42

    private let grouping: Grouping
    /// The columns before each word and at the end, spaces included.
    private let columns: [Int]

    init(_ segment: Transcript.Segment) {
        grouping = Grouping(words: segment.words().flatMap { $0.broken(to: Self.lineColumns) })
        columns = grouping.words.reduce(into: [0]) { columns, word in
            columns.append(columns[columns.count - 1] + (word.followsSpace ? 1 : 0) + word.text.columns)
        }
    }

    func cues() -> [(start: Duration, end: Duration, lines: [String])] {
        grouping.groups(between: Array(0...grouping.words.count), cost: cost).map { cue in
            let lines = lines(of: cue) ?? [cue]
            return (
                grouping.words[cue.lowerBound].start, grouping.words[cue.upperBound - 1].end,
                lines.map { grouping.words[$0].joinedText }
            )
        }
    }

    private func cost(of cue: Range<Int>) -> Double? {
        let time = grouping.duration(of: cue) / Cue.longest
        guard time <= 1, fill(cue) <= 1 || !divisions(of: cue).isEmpty else { return nil }
        return grouping.costOfBreak(before: cue.upperBound) + grouping.costOfSilence(in: cue)
            + Grouping.costOfRoom(max(time, fill(cue) / 2))
    }

    /// The best lines for a cue; `nil` if it does not fit.
    private func lines(of cue: Range<Int>) -> [Range<Int>]? {
        guard fill(cue) > 1 else { return [cue] }
        return divisions(of: cue).map { [cue.lowerBound..<$0, $0..<cue.upperBound] }.min { cost(of: $0) < cost(of: $1) }
    }

    /// The words at which the second line of a cue may begin.
    private func divisions(of cue: Range<Int>) -> some Collection<Int> {
        let first = cue.dropFirst().prefix { fill(cue.lowerBound..<$0) <= 1 }
        return first.drop { fill($0..<cue.upperBound) > 1 }
    }

    private func cost(of lines: [Range<Int>]) -> Double {
        lines.reduce(grouping.costOfBreak(before: lines[0].upperBound)) { $0 + Grouping.costOfRoom(fill($1)) }
    }

    /// The share of a line that some words take; more than 1 is too much.
    private func fill(_ range: Range<Int>) -> Double {
        let space = grouping.words[range.lowerBound].followsSpace ? 1 : 0
        return Double(columns[range.upperBound] - columns[range.lowerBound] - space) / Double(Self.lineColumns)
    }
}

extension Word {
    /// The word, split into pieces if it is wider than a line; each piece has a share of its time by width.
    fileprivate func broken(to limit: Int) -> [Word] {
        let whole = text.columns
        guard whole > limit else { return [self] }
        var pieces: [Word] = []
        var done = 0
        // Punctuation that stands alone is part of the word before it, with a space.
        for (index, run) in text.split(separator: " ").enumerated() {
            var rest = run
            while !rest.isEmpty {
                var width = 0
                let piece = rest.prefix { character in
                    width += character.columns
                    return width <= limit
                }
                let pieceColumns = String(piece).columns
                pieces.append(
                    Word(
                        text: String(piece), start: start + (end - start) * done / whole,
                        end: start + (end - start) * (done + pieceColumns) / whole,
                        followsSpace: piece.startIndex == run.startIndex && (index > 0 || followsSpace)))
                done += pieceColumns
                rest = rest[piece.endIndex...]
            }
        }
        return pieces
    }
}

extension String {
    /// The width of the text in columns of a fixed-width font.
    package var columns: Int { reduce(0) { $0 + $1.columns } }
}

extension Character {
    /// 2 for a character that UAX #11 calls wide or full-width, emoji included; otherwise 1.
    package var columns: Int { unicodeScalars.contains(where: \.isWide) ? 2 : 1 }
}

extension Unicode.Scalar {
    /// Whether UAX #11 gives the scalar two columns (Unicode 16, EastAsianWidth.txt, `W` and `F`; by blocks, unassigned
    /// code points included), or whether it turns the scalar before it into an emoji.
    fileprivate var isWide: Bool {
        switch value {
        case ..<0x1100: false
        case 0x1100...0x115F,  // leading consonants of Hangul
            0x2329...0x232A,  // angle brackets
            0x2E80...0x303E, 0x3040...0x3247, 0x3250...0xA4CF,  // CJK, Kana, Bopomofo, Yi
            0xA960...0xA97C, 0xAC00...0xD7A3,  // Hangul
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B,  // CJK, compatibility
            0xFE0F,  // asks for the emoji
            0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
            0x16FE0...0x1B2FF,  // Tangut, Khitan, Kana supplements, Nushu
            0x1D300...0x1D376,  // Tai Xuan Jing, counting rods
            0x1F200...0x1F265,  // enclosed ideographs
            0x20000...0x3FFFD:  // Han, supplementary
            true
        default: properties.isEmojiPresentation
        }
    }
}
