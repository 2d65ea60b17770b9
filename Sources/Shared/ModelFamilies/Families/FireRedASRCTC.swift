extension FamilySetup {
    /// FireRedASR 2 with its CTC head: Mandarin, its dialects and English.
    static let fireRedASRCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .fireRedASRCTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["model_type", "cmvn_mean", "cmvn_inv_stddev"]],
            modelTypes: ["model": ["fire-red-asr-2-ctc"]],
            oneTokenOf: FileChecks.blanks))
}
