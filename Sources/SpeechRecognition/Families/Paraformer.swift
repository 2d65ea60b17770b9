import SherpaOnnx

extension FamilySetup {
    /// Paraformer: non-autoregressive, with token times in some exports.
    static let paraformer = FamilySetup(layouts: [["paraformer": .paraformerModel, "tokens": .tokens]])
}
