import SherpaOnnx

extension FamilySetup {
    /// Whisper: hears 30 s at most, of which sherpa-onnx keeps half a second for padding; we give it 28.
    ///
    /// Its decoder writes at most 6 tokens for each second of sound and half its text context
    /// (sherpa-onnx, offline-whisper-greedy-search-decoder.cc). The language must be one the model lists: any other,
    /// `auto` among them, ends the process; empty means detection.
    static let whisper = FamilySetup(
        layouts: [
            Layout(
                fields: ["encoder": .whisperEncoder, "decoder": .whisperDecoder, "tokens": .tokens],
                tokenLimit: TokenLimit(perSecond: 6, contextFile: "encoder"))
        ],
        window: .seconds(28),
        languages: .whisperMetadata(of: "encoder"),
        metadataKeys: [
            "encoder": [
                "n_mels", "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab", "sot", "eot", "blank_id",
                "translate",
                "transcribe", "is_multilingual", "no_timestamps", "no_speech", "sot_sequence",
            ]
        ]
    ) { config, _, language in
        config.texts[.whisperLanguage] = language?.code ?? ""
        config.texts[.whisperTask] = "transcribe"
    }
}
