import SpeechTypes

extension Transcript {
    /// The segments of `verbose_json`, each with its words, which `word` renders with their start and end in milliseconds.
    func segmentsJSON(
        temperature: Double, word: (_ word: Word, _ start: Int, _ end: Int) -> JSONValue
    ) -> [JSONValue] {
        var clock = MillisecondClock(duration: duration)
        let pieces = segments.flatMap { $0.readable() }
        return zip(pieces, segmentsJSON(temperature: temperature)).map { piece, segment in
            let words = piece.words().map { one in
                let start = clock.advance(to: one.start)
                return word(one, start, clock.advance(to: one.end))
            }
            return segment.adding("words", .array(words))
        }
    }
}

extension JSONValue {
    /// The object with another member at its end.
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + [(name, value)])
    }

    /// The object without some members.
    func without(_ names: Set<String>) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !names.contains($0.0) })
    }
}
