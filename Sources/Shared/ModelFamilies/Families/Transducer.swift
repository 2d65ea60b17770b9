extension FamilySetup {
    /// Transducers (Zipformer, Conformer, NeMo): encoder, prediction network and joiner, with token times.
    ///
    /// The model types are those in sherpa-onnx's offline-recognizer-impl.cc; an encoder with a foreign key is for
    /// streaming.
    static let transducer = FamilySetup(
        layouts: [
            Layout(fields: [
                "encoder": .transducerEncoder, "decoder": .transducerDecoder, "joiner": .transducerJoiner,
                "tokens": .tokens,
            ])
        ],
        options: ModelOption.general(decodingMethods: ["greedy_search", "modified_beam_search"]) + [.blankPenalty]
            + ModelOption.beamSearch + ModelOption.rules,
        batching: .together,
        times: .tokens,
        tellsLogProbabilities: true,
        hints: .hotwords,
        checks: FileChecks(
            requiredKeys: ["encoder": ["model_type"]],
            modelTypes: [
                "encoder": [
                    "conformer", "zipformer", "zipformer2", "EncDecHybridRNNTCTCBPEModel", "EncDecRNNTBPEModel",
                ]
            ],
            foreignKeys: ["encoder": ["decode_chunk_len", "chunk_shift", "left_feature_frames"]],
            vocabulary: "decoder"))
}
