extension FamilySetup {
    /// Streaming Paraformer, without times. The length of a chunk is fixed in sherpa-onnx
    /// (online-recognizer-paraformer-impl.h: 61 frames), which decodes several streams one after the other.
    static let streamingParaformer = FamilySetup(
        layouts: [Layout(fields: ["encoder": .paraformerEncoder, "decoder": .paraformerDecoder, "tokens": .tokens])],
        streaming: StreamingSetup(chunk: .fixed(.milliseconds(610))),
        checks: FileChecks(
            requiredKeys: [
                "encoder": [
                    "vocab_size", "lfr_window_size", "lfr_window_shift", "encoder_output_size", "decoder_num_blocks",
                    "decoder_kernel_size", "neg_mean", "inv_stddev",
                ]
            ],
            positiveKeys: ["encoder": ["lfr_window_size", "lfr_window_shift"]],
            vocabulary: "encoder"))
}
