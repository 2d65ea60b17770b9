extension FamilySetup {
    /// SenseVoice: five languages, with a language tag and optional inverse text normalisation.
    ///
    /// The languages are those of the model card (github.com/FunAudioLLM/SenseVoice); for any other one, sherpa-onnx
    /// silently uses detection. One over-long recording in a batch makes all results of the batch empty.
    static let senseVoice = FamilySetup(
        layouts: [Layout(fields: ["model": .senseVoiceModel, "tokens": .tokens])],
        options: ModelOption.general() + ModelOption.rules + [.useITN(.senseVoiceUseITN)],
        languages: .detected(["zh", "en", "ja", "ko", "yue"]),
        languageSetting: .atCreation(.senseVoiceLanguage, unset: "auto"),
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "lfr_window_size", "lfr_window_shift", "normalize_samples"]],
            vocabulary: "model"))
}
