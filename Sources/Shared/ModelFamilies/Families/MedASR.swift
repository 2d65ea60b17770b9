extension FamilySetup {
    /// Google's MedASR: dictation of English medical reports.
    static let medASR = FamilySetup(
        layouts: [Layout(fields: ["model": .medASRModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["model_type", "vocab_size"]],
            modelTypes: ["model": ["medasr_ctc"]],
            vocabulary: .init(file: "model", key: "vocab_size"),
            oneTokenOf: FileChecks.blanks))
}
