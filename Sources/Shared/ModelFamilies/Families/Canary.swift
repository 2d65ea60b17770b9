import SpeechTypes

extension FamilySetup {
    /// NVIDIA's Canary: English, Spanish, German and French, and translation between them.
    ///
    /// It cannot detect the language; the default is English (sherpa-onnx, offline-recognizer-canary-impl.h). There, it
    /// writes at most 30 tokens for each second of audio.
    static let canary = FamilySetup(
        layouts: [
            Layout(
                fields: ["encoder": .canaryEncoder, "decoder": .canaryDecoder, "tokens": .tokens],
                tokenLimit: TokenLimit(perSecond: 30))
        ],
        options: ModelOption.general() + ModelOption.rules + [
            .task, .translationLanguage(canaryLanguages), .usePunctuation("use_pnc", .canaryUsePunctuation),
        ],
        languages: .told(canaryLanguages, otherwise: "en"),
        languageSetting: .atCreation(.canarySourceLanguage),
        translates: true,
        checks: FileChecks(
            requiredKeys: ["encoder": ["model_type", "vocab_size", "subsampling_factor", "feat_dim"]],
            modelTypes: ["encoder": ["EncDecMultiTaskModel"]],
            vocabulary: "encoder",
            tokens: FileChecks.taskMarks(languages: canaryLanguages))
    ) { config, options, settings in
        config.texts[.canaryTargetLanguage] =
            switch settings.task {
            case .transcribe: settings.language?.code
            case .translate: options.text("tgt_lang") ?? "en"
            }
    }

    private static let canaryLanguages = ["en", "es", "de", "fr"]
}
