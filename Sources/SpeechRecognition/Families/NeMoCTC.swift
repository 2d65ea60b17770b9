import SherpaOnnx

extension FamilySetup {
    /// NVIDIA NeMo's CTC models (Citrinet, Conformer, FastConformer, Parakeet CTC) and GigaAM.
    static let nemoCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .nemoCTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "subsampling_factor"]],
            oneTokenOf: FileChecks.blanks))
}
