extension FamilySetup {
    /// Streaming Zipformer models of icefall with a CTC head.
    static let streamingZipformerCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .zipformer2CTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        streaming: StreamingSetup(chunk: .frames(file: "model", keys: ["T"])),
        checks: FileChecks(
            requiredKeys: ["model": ["decode_chunk_len", "T"] + FileChecks.zipformer2Keys],
            positiveKeys: ["model": ["decode_chunk_len", "T"]],
            oneTokenOf: FileChecks.blanks))
}

extension FileChecks {
    /// The keys of every streaming Zipformer2 (online-zipformer2-transducer-model.cc, online-zipformer2-ctc-model.cc).
    static let zipformer2Keys = [
        "encoder_dims", "query_head_dims", "value_head_dims", "num_heads", "num_encoder_layers", "cnn_module_kernels",
        "left_context_len",
    ]
}
