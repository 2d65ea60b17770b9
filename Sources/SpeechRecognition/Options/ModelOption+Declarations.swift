import SherpaOnnx
import SpeechTypes

/// Every option there is, each declared once; a family lists those it takes. Ranges keep values that would end the
/// process, or mean "the library's default" (zero), from the C API.
extension ModelOption {
    /// What every family takes.
    static let general = [numThreads, preferredSegment, provider, decodingMethod(["greedy_search"])]

    /// What families without hotwords take that lets finite-state grammars rewrite the text.
    static let rules = [
        Self("rule_fsts", .files, to: .text(.ruleFSTs)), Self("rule_fars", .files, to: .text(.ruleFARs)),
    ]

    /// How many decodes of the model run at once.
    static let numThreads = Self("num_threads", .wholeNumber(1...1024), to: .ours)

    /// The length in seconds up to which neighbouring pieces of speech are joined.
    static let preferredSegment = Self("preferred_segment", .decimal(1...60), to: .ours)

    /// ONNX Runtime's execution provider. sherpa-onnx ends the process over those of the accelerators it was not built
    /// for, and takes any unknown one for `cpu` (provider.cc, session.cc).
    static let provider = Self(
        "provider", .provider(["cpu", "cuda", "coreml", "xnnpack"]), to: .text(.provider), standard: "cpu")

    /// How the decoder searches: sherpa-onnx ends the process over a way the family does not have.
    static func decodingMethod(_ methods: [String]) -> Self {
        Self("decoding_method", .word(methods), to: .text(.decodingMethod), standard: "greedy_search")
    }

    /// What beam search adds: hotwords, and how far the search looks.
    static let beamSearch = [
        Self("max_active_paths", .wholeNumber(1...100), to: .number(.maximumActivePaths)),
        Self("hotwords_file", .file, to: .text(.hotwordsFile)),
        Self("hotwords_score", .decimal(0.01...100), to: .decimal(.hotwordsScore)),
        Self("modeling_unit", .word(["cjkchar", "bpe", "bbpe", "cjkchar+bpe"]), to: .text(.modelingUnit)),
        Self("bpe_vocab", .file, to: .text(.bpeVocabulary)),
    ]

    /// What is taken from the score of "nothing said" at each step.
    static let blankPenalty = Self("blank_penalty", .decimal(0...100), to: .decimal(.blankPenalty))

    /// What is made of the speech when a request does not say.
    static let task = Self("task", .word(SpeechTask.allCases.map(\.rawValue)), to: .ours)

    /// The language that translations come in.
    static func translationLanguage(_ codes: [String]) -> Self {
        Self("tgt_lang", .word(codes), to: .ours)
    }

    /// Whether numbers are written as digits and the like (inverse text normalisation).
    static func useITN(_ field: NumberField, standard: Bool = false) -> Self {
        Self("use_itn", .flag, to: .number(field), standard: .flag(standard))
    }

    /// A yes or no under the C API's name.
    static func flag(_ key: String, _ field: NumberField, standard: Bool) -> Self {
        Self(key, .flag, to: .number(field), standard: .flag(standard))
    }

    /// A whole number above 0 under the C API's name.
    static func count(_ key: String, _ field: NumberField, from least: Int = 1, upTo most: Int) -> Self {
        Self(key, .wholeNumber(least...most), to: .number(field))
    }

    /// A text under the C API's name.
    static func text(_ key: String, _ field: TextField) -> Self {
        Self(key, .text, to: .text(field))
    }

    /// How freely a language model chooses its words; the ranges are those of sherpa-onnx's checks.
    static func sampling(temperature: DecimalField, topP: DecimalField, seed: NumberField) -> [Self] {
        [
            Self("temperature", .decimal(0...2), to: .decimal(temperature)),
            Self("top_p", .decimal(0.01...1), to: .decimal(topP)),
            Self("seed", .wholeNumber(1...Int(Int32.max)), to: .number(seed)),
        ]
    }
}
