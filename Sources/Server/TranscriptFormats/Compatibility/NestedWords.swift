import SpeechTypes

extension Transcript {
    /// The segments of `verbose_json`, each with its words as Whisper's programs write them: `more` stands before the
    /// `probability`, whose 0 means: unknown.
    func segmentsWithWordsJSON(temperature: Double, adding more: [(String, JSONValue)] = []) -> [JSONValue] {
        var clock = MillisecondClock(duration: duration)
        return segmentsJSON(temperature: temperature) { segment in
            let words = segment.words().map { word in
                let time: JSONValue = [
                    "word": .string(word.followsSpace ? " " + word.text : word.text),
                    "start": .seconds(clock.advance(to: word.start)), "end": .seconds(clock.advance(to: word.end)),
                ]
                return time.adding(more + [("probability", 0)])
            }
            return [("words", .array(words))]
        }
    }
}

extension JSONValue {
    /// The object with further members at its end.
    func adding(_ more: [(String, JSONValue)]) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + more)
    }

    /// The value, and all in it, without the members of these names.
    func without(_ names: Set<String>) -> JSONValue {
        switch self {
        case .object(let members):
            .object(members.filter { !names.contains($0.0) }.map { ($0.0, $0.1.without(names)) })
        case .array(let values): .array(values.map { $0.without(names) })
        default: self
        }
    }
}
