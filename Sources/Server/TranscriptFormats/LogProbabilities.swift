import SpeechTypes

extension Transcript {
    /// The tokens of the text with the natural logarithms of their probabilities, as OpenAI's `logprobs` has them.
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
    /// The mean of what the model told of its tokens; 0 where it told nothing.
    var meanLogProbability: Double {
        let told = tokens.compactMap(\.logProbability)
        return told.isEmpty ? 0 : told.reduce(0, +) / Double(told.count)
    }
}

extension Token {
    /// The token as the model writes it, with a space for its mark of where a word begins: tokens, joined, read as the
    /// text.
    fileprivate var textWithSpaces: String { text.replacing("\u{2581}", with: " ") }
}
