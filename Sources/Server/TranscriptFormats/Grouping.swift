import SpeechTypes

/// The words of a segment, to be divided into groups: lines, cues or segments.
///
/// The best division is the one of least cost. A group costs for ending at a bad place, for the room it leaves, and for
/// the silence in it. How these three compare is a judgement of what reads well, which the golden files show.
struct Grouping {
    let words: [Word]
    /// What it costs to end a group before each word; nothing at the beginning and the end.
    private let breakCosts: [Double]

    init(words: [Word]) {
        self.words = words
        let breaks = zip(words, words.dropFirst()).map { Break(after: $0, before: $1) }
        breakCosts = [0] + breaks.map { 0.15 * Double($0.rawValue) } + [0]
    }

    /// What it costs to end a group before word `index`.
    func costOfBreak(before index: Int) -> Double { breakCosts[index] }

    /// What it costs to leave room: 1 for an empty group. `fill` is the part in use, 0…1.
    static func costOfRoom(_ fill: Double) -> Double {
        let room = max(0, 1 - fill)
        return room * room
    }

    /// The time from the first word of a group to the end of its last.
    func duration(of group: Range<Int>) -> Duration {
        words[group.upperBound - 1].end - words[group.lowerBound].start
    }

    /// What it costs to have silence between words: 1 for each second.
    func costOfSilence(in group: Range<Int>) -> Double {
        words[group].reduce(duration(of: group)) { $0 - ($1.end - $1.start) }.inSeconds
    }

    /// Divides the words so that the groups together cost least.
    ///
    /// - Parameters:
    ///   - places: Where a group may begin or end, ascending, from 0 to the number of words.
    ///   - cost: What a group costs; `nil` if it is too large, as are then all groups that contain it. A group between
    ///     two neighbouring places is taken even so.
    /// - Returns: The groups in order.
    func groups(between places: [Int], cost: (Range<Int>) -> Double?) -> [Range<Int>] {
        /// For each place, the least cost of what is before it, and the place where its last group begins.
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
    /// The words as a text.
    var joinedText: String {
        reduce(into: "") { text, word in
            text += word.followsSpace && !text.isEmpty ? " " + word.text : word.text
        }
    }
}
