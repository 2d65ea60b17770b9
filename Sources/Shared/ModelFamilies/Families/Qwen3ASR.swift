extension FamilySetup {
    /// Qwen3-ASR: an encoder and a language model, with the languages of its model card (github.com/QwenLM/Qwen3-ASR),
    /// passed by their English names.
    ///
    /// Decodes share a random number generator, so they run one at a time. A second of audio takes 13 tokens of the 512
    /// for audio and text together, unless `max_total_len` is set; excess audio is cut off, so the window is short. It
    /// writes at most `max_new_tokens`, of which the result does not show the language's name (sherpa-onnx,
    /// offline-recognizer-qwen3-asr-impl.cc).
    static let qwen3ASR = FamilySetup(
        layouts: [
            Layout(
                fields: [
                    "conv_frontend": .qwen3ASRConvFrontend, "encoder": .qwen3ASREncoder, "decoder": .qwen3ASRDecoder,
                    "tokenizer": .qwen3ASRTokenizer,
                ],
                tokenLimit: TokenLimit(option: .init(key: "max_new_tokens", standard: 128, hidden: 8)))
        ],
        folders: ["tokenizer": ["vocab.json", "merges.txt", "tokenizer_config.json"]],
        options: ModelOption.general() + [
            .hotwords(.qwen3ASRHotwords),
            ModelOption(
                "max_total_len", .wholeNumber(448...32_768), to: .number(.qwen3ASRMaximumTotalLength),
                "the most tokens that sound and text have together"),
            .maximumNewTokens(.qwen3ASRMaximumNewTokens),
        ] + ModelOption.sampling(temperature: .qwen3ASRTemperature, topP: .qwen3ASRTopP, seed: .qwen3ASRSeed),
        window: .seconds(20),
        languages: .detected(qwen3Languages.keys.sorted()),
        languageSetting: .perStream(words: qwen3Languages),
        concurrency: .one,
        hints: .context)

    private static let qwen3Languages = [
        "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
        "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fil": "Filipino", "fr": "French", "hi": "Hindi",
        "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
        "mk": "Macedonian", "ms": "Malay", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
        "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "vi": "Vietnamese", "yue": "Cantonese",
        "zh": "Chinese",
    ]
}
