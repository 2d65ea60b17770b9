extension FamilySetup {
    /// WeNet's CTC models.
    static let wenetCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .wenetCTCModel, "tokens": .tokens])],
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "subsampling_factor"]],
            vocabulary: .init(file: "model", key: "vocab_size"),
            oneTokenOf: FileChecks.blanks))
}
