extension FamilySetup {
    /// NVIDIA NeMo's streaming FastConformer models with a CTC head.
    static let streamingNeMoCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .nemoCTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        streaming: StreamingSetup(chunk: .frames(file: "model", keys: ["window_size"])),
        checks: FileChecks(
            requiredKeys: [
                "model": ["window_size", "chunk_shift", "subsampling_factor", "vocab_size"] + FileChecks.nemoCacheKeys
            ],
            positiveKeys: ["model": ["window_size", "chunk_shift"]],
            vocabulary: "model",
            oneTokenOf: FileChecks.blanks))
}

extension FileChecks {
    /// The sizes of the cache of NeMo's streaming models (online-nemo-ctc-model.cc, online-transducer-nemo-model.cc).
    static let nemoCacheKeys = ["channel", "time"].flatMap { part in
        (1...3).map { "cache_last_\(part)_dim\($0)" }
    }
}
