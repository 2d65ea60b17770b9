extension FamilySetup {
    /// Meta's Omnilingual ASR with a CTC head: 1600 languages. Its input is samples, not features.
    static let omnilingual = FamilySetup(
        layouts: [Layout(fields: ["model": .omnilingualModel, "tokens": .tokens])],
        times: .tokens,
        checks: FileChecks(vocabulary: .init(file: "model", key: "vocab_size")))
}
