extension FamilySetup {
    /// Cohere Transcribe: 14 languages, without detection; the default is English.
    ///
    /// sherpa-onnx takes the language with each stream, and returns nothing without one. The decoder writes at most 6
    /// tokens for each second of audio (offline-cohere-transcribe-greedy-search-decoder.cc).
    static let cohereTranscribe = FamilySetup(
        layouts: [
            Layout(
                fields: [
                    "encoder": .cohereTranscribeEncoder, "decoder": .cohereTranscribeDecoder, "tokens": .tokens,
                ],
                tokenLimit: TokenLimit(perSecond: 6))
        ],
        options: ModelOption.general() + ModelOption.rules + [
            .usePunctuation("use_punct", .cohereTranscribeUsePunctuation),
            .useITN(.cohereTranscribeUseITN, standard: true),
        ],
        languages: .told(cohereLanguages, otherwise: "en"),
        languageSetting: .perStream(),
        checks: FileChecks(
            requiredKeys: ["encoder": ["model_type"]],
            tokens: FileChecks.taskMarks(languages: cohereLanguages + ["itn"])))

    private static let cohereLanguages = [
        "ar", "de", "el", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "vi", "zh",
    ]
}
