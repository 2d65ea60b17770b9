/// Optional parts of a response, named as in a request's `include`.
public enum Inclusion: String, CaseIterable, Sendable {
    /// The log probability of each token.
    case logProbabilities = "logprobs"
}
