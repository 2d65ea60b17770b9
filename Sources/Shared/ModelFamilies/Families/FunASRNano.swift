extension FamilySetup {
    /// FunASR-Nano: an encoder and a small language model, with instructions in Chinese.
    ///
    /// Decodes share a random number generator, so they run one at a time. Hotwords and prompts are fixed when the
    /// recognizer is made. The times of its tokens are not recognised but spread evenly over the audio, so they are not
    /// reported (sherpa-onnx, offline-recognizer-funasr-nano-impl.cc).
    static let funASRNano = FamilySetup(
        layouts: [
            Layout(
                fields: [
                    "encoder_adaptor": .funASRNanoEncoderAdaptor, "llm": .funASRNanoLLM,
                    "embedding": .funASRNanoEmbedding, "tokenizer": .funASRNanoTokenizer,
                ],
                tokenLimit: TokenLimit(option: .init(key: "max_new_tokens", standard: 512)))
        ],
        folders: ["tokenizer": ["vocab.json", "merges.txt", "tokenizer.json"]],
        options: ModelOption.general() + ModelOption.rules + [
            ModelOption("system_prompt", .text, to: .text(.funASRNanoSystemPrompt), "what the model is told to be"),
            ModelOption("user_prompt", .text, to: .text(.funASRNanoUserPrompt), "what the model is told to do"),
            .hotwords(.funASRNanoHotwords), .useITN(.funASRNanoITN, standard: true),
            .maximumNewTokens(.funASRNanoMaximumNewTokens),
        ] + ModelOption.sampling(temperature: .funASRNanoTemperature, topP: .funASRNanoTopP, seed: .funASRNanoSeed),
        languages: .detected(["zh", "en", "ja"]),
        languageSetting: .atCreation(.funASRNanoLanguage, words: ["zh": "中文", "en": "英文", "ja": "日文"]),
        concurrency: .one,
        hints: .contextByOption,
        checks: FileChecks(requiredKeys: [
            "encoder_adaptor": ["lfr_window_size", "lfr_window_shift", "llm_dim"], "llm": ["vocab_size"],
        ]))
}
