package import SpeechTypes

extension Transcript.Segment {
    /// The segment in pieces of at most about 10 s, cut where a sentence ends or the speaker pauses.
    ///
    /// A recognised segment may be half a minute long, or contain silence. Without a sentence end or a pause of half a
    /// second, a piece stays longer.
    ///
    /// - Returns: Segments in order, not overlapping, that divide the tokens among them; their joined texts equal the
    ///   text except for white space. Without token times, only the segment itself.
    package func readable() -> [Transcript.Segment] {
        let grouping = Grouping(words: words())
        let words = grouping.words
        guard hasTokenTimes, !words.isEmpty else { return [self] }
        let places = words.indices.dropFirst().filter { place in
            switch Break(after: words[place - 1], before: words[place]) {
            case .sentenceEnd, .pause: true
            case .punctuation: words[place].start - words[place - 1].end > Break.noticeableSilence
            case .space, .character: false
            }
        }
        let pieces = grouping.groups(between: [0] + places + [words.count]) { piece in
            let fill = grouping.duration(of: piece) / Self.readableDuration
            guard fill <= 1 else { return nil }
            return grouping.costOfBreak(before: piece.upperBound) + grouping.costOfSilence(in: piece)
                + Grouping.costOfRoom(fill)
        }
        guard pieces.count > 1 else { return [self] }
        var rest = tokens[...]
        return pieces.map { piece in
            let isLast = piece.upperBound == words.count
            let own = isLast ? rest : rest.prefix { ($0.start ?? .zero) < words[piece.upperBound].start }
            rest = rest.dropFirst(own.count)
            return Transcript.Segment(
                start: piece.lowerBound == 0 ? start : words[piece.lowerBound].start,
                end: isLast ? end : words[piece.upperBound - 1].end,
                text: words[piece].joinedText, tokens: Array(own), language: language)
        }
    }

    /// About two cues, or the speech of two breaths.
    private static let readableDuration = Duration.seconds(10)
}
