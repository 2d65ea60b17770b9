extension FamilySetup {
    /// FireRedASR with its attention decoder: Mandarin, its dialects and English.
    ///
    /// The decoder writes at most 8 tokens for each second of audio, and at most half of `max_len` (sherpa-onnx,
    /// offline-fire-red-asr-greedy-search-decoder.cc).
    static let fireRedASR = FamilySetup(
        layouts: [
            Layout(
                fields: ["encoder": .fireRedASREncoder, "decoder": .fireRedASRDecoder, "tokens": .tokens],
                tokenLimit: TokenLimit(perSecond: 8, context: .init(file: "encoder", key: "max_len")))
        ],
        checks: FileChecks(requiredKeys: [
            "encoder": [
                "num_decoder_layers", "num_head", "head_dim", "sos", "eos", "max_len", "cmvn_mean", "cmvn_inv_stddev",
            ]
        ]))
}
