import SherpaOnnx

extension FamilySetup {
    /// SenseVoice: five languages, with a language tag and optional inverse text normalisation.
    ///
    /// The languages are those of the model card (github.com/FunAudioLLM/SenseVoice); sherpa-onnx silently takes any
    /// other for detection.
    static let senseVoice = FamilySetup(
        layouts: [Layout(fields: ["model": .senseVoiceModel, "tokens": .tokens])],
        languages: .fixed(["zh", "en", "ja", "ko", "yue"]),
        metadataKeys: ["model": ["vocab_size", "lfr_window_size", "lfr_window_shift", "normalize_samples"]],
        vocabulary: VocabularySize(file: "model", key: "vocab_size")
    ) { config, options, language in
        config.texts[.senseVoiceLanguage] = language?.code ?? "auto"
        config.numbers[.senseVoiceUseITN] = options.useITN ? 1 : 0
    }
}
