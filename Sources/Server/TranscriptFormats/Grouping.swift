import SpeechTypes

/// The words of a segment, to be divided into groups: lines, cues or segments.
///
/// The best division has the least cost. A group has a cost for ending at a bad place, for the room it leaves, and for
/// the silence in it. The weights are a judgement of what reads well; the golden files show the result.
struct Grouping {
    let words: [Word]
    /// The cost of ending a group before each word; 0 at the beginning and the end.
    private let breakCosts: [Double]

    init(words: [Word]) {
        self.words = words
        let breaks = zip(words, words.dropFirst()).map { Break(after: $0, before: $1) }
        breakCosts = [0] + breaks.map { 0.15 * Double($0.rawValue) } + [0]
    }

    func costOfBreak(before index: Int) -> Double { breakCosts[index] }

    /// The cost of unused room: 1 for an empty group. `fill` is the used share, 0…1.
    static func costOfRoom(_ fill: Double) -> Double {
        let room = max(0, 1 - fill)
        return room * room
    }

    /// The time from the first word of a group to the end of its last.
    func duration(of group: Range<Int>) -> Duration {
        words[group.upperBound - 1].end - words[group.lowerBound].start
    }

    /// The cost of silence between words: 1 per second.
    func costOfSilence(in group: Range<Int>) -> Double {
        words[group].reduce(duration(of: group)) { $0 - ($1.end - $1.start) }.inSeconds
    }

    /// Divides the words into groups with the least total cost.
    ///
    /// - Parameters:
    ///   - places: Where a group may begin or end, ascending, from 0 to the number of words.
    ///   - cost: The cost of a group; `nil` if it is too large, as are then all groups that contain it. A group between
    ///     two neighbouring places is accepted anyway.
    /// - Returns: The groups in order.
    func groups(between places: [Int], cost: (Range<Int>) -> Double?) -> [Range<Int>] {
        /// For each place, the least cost of the groups before it, and the place where the last of them begins.
        var best: [(cost: Double, start: Int)] = [(0, 0)]
        for end in places.indices.dropFirst() {
            var choice = (cost: Double.infinity, start: end - 1)
            for start in (0..<end).reversed() {
                guard let own = cost(places[start]..<places[end]) ?? (start == end - 1 ? 0 : nil) else { break }
                let total = best[start].cost + own
                if total < choice.cost { choice = (total, start) }
            }
            best.append(choice)
        }
        var groups: [Range<Int>] = []
        var end = places.count - 1
        while end > 0 {
            groups.append(places[best[end].start]..<places[end])
            end = best[end].start
        }
        return groups.reversed()
    }
}

extension Sequence<Word> {
    var joinedText: String {
        reduce(into: "") { text, word in
            text += word.followsSpace && !text.isEmpty ? " " + word.text : word.text
        }
    }
}

/// The kind of break between two words, ordered from the best place to cut a text to the worst.
enum Break: Int {
    case sentenceEnd
    /// A comma, a colon, a dash.
    case punctuation
    case pause
    case space
    /// Between characters of a script without spaces, or inside a word that is too long.
    case character

    /// A silence that a listener notices; shorter ones occur within phrases.
    static let noticeableSilence = Duration.milliseconds(500)

    init(after word: Word, before next: Word) {
        let end = word.text.unicodeScalars.last { !$0.closes }
        if end?.properties.isSentenceTerminal == true {
            self = .sentenceEnd
        } else if let end, !Character(end).isSpoken {
            self = .punctuation
        } else if next.start - word.end > Self.noticeableSilence {
            self = .pause
        } else {
            self = next.followsSpace ? .space : .character
        }
    }
}

extension Unicode.Scalar {
    /// Whether this is a quotation mark or a closing bracket, which is skipped to find the punctuation before it.
    fileprivate var closes: Bool {
        properties.isQuotationMark || properties.generalCategory == .closePunctuation
    }
}
