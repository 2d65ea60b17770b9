import SherpaOnnx

extension FamilySetup {
    /// Whisper: hears 30 s at most, of which sherpa-onnx keeps half a second for padding; we give it 28.
    ///
    /// Its decoder writes at most 6 tokens for each second of sound and half its text context
    /// (sherpa-onnx, offline-whisper-greedy-search-decoder.cc). The language must be one the model lists: any other,
    /// `auto` among them, ends the process; empty means detection.
    static let whisper = FamilySetup(
        layouts: [["encoder": .whisperEncoder, "decoder": .whisperDecoder, "tokens": .tokens]],
        window: .seconds(28),
        languages: .whisperMetadata(of: "encoder"),
        tokenLimit: TokenLimit(perSecond: 6, contextFile: "encoder")
    ) { config, _, language in
        config.texts[.whisperLanguage] = language?.code ?? ""
        config.texts[.whisperTask] = "transcribe"
    }
}
