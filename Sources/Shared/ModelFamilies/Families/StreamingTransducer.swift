extension FamilySetup {
    /// Streaming transducers: those of icefall (Zipformer, Conformer, E-Branchformer, LSTM) and of NVIDIA NeMo, with
    /// token times.
    ///
    /// sherpa-onnx has beam search for icefall's only, and ends the process if it is asked of another one
    /// (online-recognizer-transducer-nemo-impl.h). The keys are those that each kind's source reads without a default.
    static let streamingTransducer = FamilySetup(
        layouts: [
            Layout(fields: [
                "encoder": .transducerEncoder, "decoder": .transducerDecoder, "joiner": .transducerJoiner,
                "tokens": .tokens,
            ])
        ],
        options: transducer.options,
        batching: .together,
        times: .tokens,
        hints: .hotwords,
        streaming: StreamingSetup(
            chunk: .frames(file: "encoder", keys: ["T", "window_size", "chunk_feature_frames"])),
        checks: FileChecks(
            oneKeyOf: ["encoder": ["decode_chunk_len", "window_size", "left_feature_frames"]],
            kinds: [icefall, nemo, nemoUnified] + icefallKinds))

    private static let icefall = FileChecks.Kind(
        file: "encoder", key: "decode_chunk_len",
        checks: FileChecks(
            requiredKeys: ["encoder": ["model_type", "T"], "decoder": ["vocab_size", "context_size"]],
            modelTypes: ["encoder": ["conformer", "ebranchformer", "lstm", "zipformer", "zipformer2"]],
            positiveKeys: ["encoder": ["decode_chunk_len", "T"]],
            vocabulary: "decoder"))

    private static let icefallKinds: [FileChecks.Kind] = [
        kind("conformer", ["num_encoder_layers", "left_context", "encoder_dim", "pad_length", "cnn_module_kernel"]),
        kind(
            "ebranchformer",
            [
                "num_hidden_layers", "hidden_size", "intermediate_size", "csgu_kernel_size", "merge_conv_kernel",
                "left_context_len", "num_heads", "head_dim",
            ]),
        kind("lstm", ["num_encoder_layers", "rnn_hidden_size", "d_model"]),
        kind(
            "zipformer",
            ["encoder_dims", "attention_dims", "num_encoder_layers", "cnn_module_kernels", "left_context_len"]),
        kind("zipformer2", FileChecks.zipformer2Keys),
    ]

    private static func kind(_ type: String, _ keys: [String]) -> FileChecks.Kind {
        FileChecks.Kind(
            file: "encoder", key: "model_type", value: type,
            checks: FileChecks(requiredKeys: ["encoder": ["decode_chunk_len"] + keys]))
    }

    /// FastConformer and its like, which keep a cache of what they heard.
    private static let nemo = nemoKind(
        key: "window_size", keys: ["chunk_shift"] + FileChecks.nemoCacheKeys,
        positive: ["window_size", "chunk_shift"])

    /// Parakeet Unified, which is given what it heard once more.
    private static let nemoUnified = nemoKind(
        key: "left_feature_frames",
        keys: [
            "streaming_model_type", "chunk_feature_frames", "right_feature_frames", "left_encoder_frames",
            "chunk_encoder_frames", "right_encoder_frames",
        ], positive: ["chunk_feature_frames", "chunk_encoder_frames"])

    private static func nemoKind(key: String, keys: [String], positive: [String]) -> FileChecks.Kind {
        FileChecks.Kind(
            file: "encoder", key: key,
            checks: FileChecks(
                requiredKeys: [
                    "encoder": ["vocab_size", "subsampling_factor", "pred_rnn_layers", "pred_hidden"] + keys
                ],
                positiveKeys: ["encoder": positive],
                vocabulary: "encoder",
                lastToken: "<blk>",
                decodingMethods: ["greedy_search"]))
    }
}
