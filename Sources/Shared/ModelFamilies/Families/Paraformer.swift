extension FamilySetup {
    /// Paraformer: non-autoregressive, with token times in some exports.
    static let paraformer = FamilySetup(
        layouts: [Layout(fields: ["paraformer": .paraformerModel, "tokens": .tokens])],
        batching: .together,
        times: .tokensOfSomeModels,
        checks: FileChecks(
            requiredKeys: [
                "paraformer": ["vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev"]
            ],
            modelTypes: ["paraformer": ["paraformer"]],
            vocabulary: "paraformer"))
}
