extension FamilySetup {
    /// Zipformer models of icefall with a CTC head.
    static let zipformerCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .zipformerCTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(modelTypes: ["model": ["zipformer2_ctc"]], oneTokenOf: FileChecks.blanks))
}
