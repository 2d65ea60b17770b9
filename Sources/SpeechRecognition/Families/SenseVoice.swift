import SherpaOnnx

extension FamilySetup {
    /// SenseVoice: five languages, with a language tag and optional inverse text normalisation.
    ///
    /// The languages are those of the model card (github.com/FunAudioLLM/SenseVoice); sherpa-onnx silently takes any
    /// other for detection.
    static let senseVoice = FamilySetup(
        layouts: [["model": .senseVoiceModel, "tokens": .tokens]],
        languages: .fixed(["zh", "en", "ja", "ko", "yue"])
    ) { config, options, language in
        config.texts[.senseVoiceLanguage] = language?.code ?? "auto"
        config.numbers[.senseVoiceUseITN] = options.useITN ? 1 : 0
    }
}
