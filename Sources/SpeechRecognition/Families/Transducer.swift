import SherpaOnnx

extension FamilySetup {
    /// Transducers (Zipformer, Conformer, NeMo): encoder, prediction network and joiner, with token times.
    static let transducer = FamilySetup(
        layouts: [
            Layout(fields: [
                "encoder": .transducerEncoder, "decoder": .transducerDecoder, "joiner": .transducerJoiner,
                "tokens": .tokens,
            ])
        ],
        decodingMethods: [.greedySearch, .modifiedBeamSearch],
        metadataKeys: ["encoder": ["model_type"]],
        vocabulary: VocabularySize(file: "decoder", key: "vocab_size"))
}
