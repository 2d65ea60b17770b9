import SpeechTypes

extension Transcript {
    /// The tokens of the text with the natural logarithms of their probabilities, in the form of OpenAI's `logprobs`.
    func logProbabilitiesJSON() -> JSONValue {
        .array(
            segments.flatMap(\.tokens).map { token in
                let text = token.textWithSpaces
                return [
                    "token": .string(text),
                    "logprob": token.logProbability.map(JSONValue.number) ?? nil,
                    "bytes": .array(text.utf8.map { .integer(Int($0)) }),
                ]
            })
    }
}

extension Transcript.Segment {
    /// The mean log probability of the tokens; 0 if the model reports none.
    var meanLogProbability: Double {
        let told = tokens.compactMap(\.logProbability)
        return told.isEmpty ? 0 : told.reduce(0, +) / Double(told.count)
    }
}

extension Token {
    /// The token as written by the model, with its word-start mark replaced by a space: the joined tokens are the text.
    fileprivate var textWithSpaces: String { text.replacing("\u{2581}", with: " ") }
}
