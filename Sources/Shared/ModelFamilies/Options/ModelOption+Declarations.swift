import SpeechTypes

/// All options, each declared once; a family lists those it has. The ranges exclude values that would end the process,
/// and zero, which means "default" in the C API.
extension ModelOption {
    /// The options of every family. sherpa-onnx ends the process on a decoding method that the family does not support.
    static func general(decodingMethods: [String] = ["greedy_search"]) -> [Self] {
        [
            numThreads, preferredSegment, provider,
            Self(
                "decoding_method", .word(decodingMethods), to: .text(.decodingMethod), standard: "greedy_search",
                "how the text is searched for"),
        ]
    }

    /// The options of every family whose texts sherpa-onnx rewrites with finite-state grammars.
    static let rules = [
        Self("rule_fsts", .files, to: .text(.ruleFSTs), "grammars that rewrite the text"),
        Self("rule_fars", .files, to: .text(.ruleFARs), "archives of such grammars"),
    ]

    private static let numThreads = Self(
        "num_threads", .wholeNumber(1...1024), to: .ours, "how many decodes run at once, if fewer than the server's")

    private static let preferredSegment = Self(
        "preferred_segment", .decimal(1...60), to: .ours,
        "seconds up to which neighbouring pieces of speech are joined before recognition")

    /// sherpa-onnx ends the process on accelerators it was not built for, and treats an unknown provider as `cpu`
    /// (provider.cc, session.cc).
    private static let provider = Self(
        "provider", .provider(["cpu", "cuda", "coreml", "xnnpack"]), to: .text(.provider), standard: "cpu",
        "what ONNX Runtime computes on; as `cpu:FILE` with settings for it")

    static let beamSearch = [
        Self(
            "max_active_paths", .wholeNumber(1...100), to: .number(.maximumActivePaths),
            "how many candidates beam search follows"),
        Self(
            "hotwords_file", .file, to: .text(.hotwordsFile),
            "a phrase in each line, perhaps with its score, as in `HELLO WORLD :2.5`; needs beam search"),
        Self(
            "hotwords_score", .decimal(0.01...100), to: .decimal(.hotwordsScore), "how much hotwords are preferred"),
        Self(
            "modeling_unit", .word(["cjkchar", "bpe", "bbpe", "cjkchar+bpe"]), to: .text(.modelingUnit),
            "what the model's tokens are, to spell hotwords in"),
        Self(
            "bpe_vocab", .file, to: .text(.bpeVocabulary),
            "the model's `bpe.vocab`, to spell hotwords with; needed by all units but `cjkchar`"),
    ]

    static let blankPenalty = Self(
        "blank_penalty", .decimal(0...100), to: .decimal(.blankPenalty),
        "what is taken from the score of \"nothing said\" at each step")

    static let task = Self(
        "task", .word(SpeechTask.allCases.map(\.rawValue)), to: .ours, standard: "transcribe",
        "what is made of the speech when a request does not say")

    static func translationLanguage(_ codes: [String]) -> Self {
        Self("tgt_lang", .word(codes), to: .ours, standard: "en", "the language that translations come in")
    }

    static func useITN(_ field: NumberField, standard: Bool = false) -> Self {
        flag("use_itn", field, standard: standard, "write numbers as digits and the like")
    }

    static func usePunctuation(_ key: String, _ field: NumberField) -> Self {
        flag(key, field, standard: true, "write punctuation")
    }

    static func flag(_ key: String, _ field: NumberField, standard: Bool, _ meaning: String) -> Self {
        Self(key, .flag, to: .number(field), standard: .flag(standard), meaning)
    }

    static func maximumNewTokens(_ field: NumberField) -> Self {
        Self("max_new_tokens", .wholeNumber(1...4096), to: .number(field), "the most tokens that are written")
    }

    static func hotwords(_ field: TextField) -> Self {
        Self("hotwords", .text, to: .text(field), "words to expect, with commas between them")
    }

    /// How freely a language model chooses words; the ranges are those of sherpa-onnx's checks.
    static func sampling(temperature: DecimalField, topP: DecimalField, seed: NumberField) -> [Self] {
        [
            Self("temperature", .decimal(0...2), to: .decimal(temperature), "how freely words are chosen"),
            Self(
                "top_p", .decimal(0.01...1), to: .decimal(topP), "the share of the likeliest words to choose among"),
            Self("seed", .wholeNumber(1...Int(Int32.max)), to: .number(seed), "where chance begins"),
        ]
    }
}
