extension FamilySetup {
    /// NVIDIA NeMo's CTC models (Citrinet, Conformer, FastConformer, Parakeet CTC) and GigaAM.
    ///
    /// The model types are those in sherpa-onnx's offline-ctc-model.cc; a model with `chunk_shift` is for streaming.
    static let nemoCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .nemoCTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "subsampling_factor"]],
            modelTypes: ["model": ["EncDecCTCModel", "EncDecCTCModelBPE", "EncDecHybridRNNTCTCBPEModel"]],
            foreignKeys: ["model": ["chunk_shift"]],
            vocabulary: .init(file: "model", key: "vocab_size"),
            oneTokenOf: FileChecks.blanks))
}
