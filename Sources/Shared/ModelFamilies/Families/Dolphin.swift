extension FamilySetup {
    /// Dolphin: languages and dialects of Asia.
    static let dolphin = FamilySetup(
        layouts: [Layout(fields: ["model": .dolphinModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "mean", "invstd"]],
            vocabulary: .init(file: "model", key: "vocab_size"),
            oneTokenOf: FileChecks.blanks))
}
