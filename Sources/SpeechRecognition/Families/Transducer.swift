import SherpaOnnx

extension FamilySetup {
    /// Transducers (Zipformer, Conformer, NeMo): encoder, prediction network and joiner, with token times.
    static let transducer = FamilySetup(
        layouts: [
            [
                "encoder": .transducerEncoder, "decoder": .transducerDecoder, "joiner": .transducerJoiner,
                "tokens": .tokens,
            ]
        ])
}
