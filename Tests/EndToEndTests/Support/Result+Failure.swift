extension Result {
    /// Whether there is an error instead of a value.
    var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
