/// What an answer has only when it is asked for, by the word that a request's `include` takes.
public enum Inclusion: String, CaseIterable, Sendable {
    /// How sure the model was of each token.
    case logProbabilities = "logprobs"
}
