public import SpeechTypes

/// The kinds of speech model, by their word for `type:` in models.yaml: every family of the C API's
/// `SherpaOnnxOfflineModelConfig`, under its name there.
///
/// To add a family, add a case here, its line in `setup`, and a file of data in `Families/`.
public enum ModelFamily: String, CaseIterable, Sendable, Codable {
    case senseVoice = "sense_voice"
    case whisper
    case paraformer
    case transducer
    case moonshine
    case nemoCTC = "nemo_ctc"
    case zipformerCTC = "zipformer_ctc"
    case wenetCTC = "wenet_ctc"
    case telespeechCTC = "telespeech_ctc"
    case tdnn
    case dolphin
    case omnilingual
    case medASR = "medasr"
    case fireRedASR = "fire_red_asr"
    case fireRedASRCTC = "fire_red_asr_ctc"
    case canary
    case cohereTranscribe = "cohere_transcribe"
    case funASRNano = "funasr_nano"
    case qwen3ASR = "qwen3_asr"

    var setup: FamilySetup {
        switch self {
        case .senseVoice: .senseVoice
        case .whisper: .whisper
        case .paraformer: .paraformer
        case .transducer: .transducer
        case .moonshine: .moonshine
        case .nemoCTC: .nemoCTC
        case .zipformerCTC: .zipformerCTC
        case .wenetCTC: .wenetCTC
        case .telespeechCTC: .telespeechCTC
        case .tdnn: .tdnn
        case .dolphin: .dolphin
        case .omnilingual: .omnilingual
        case .medASR: .medASR
        case .fireRedASR: .fireRedASR
        case .fireRedASRCTC: .fireRedASRCTC
        case .canary: .canary
        case .cohereTranscribe: .cohereTranscribe
        case .funASRNano: .funASRNano
        case .qwen3ASR: .qwen3ASR
        }
    }
}

/// The public properties of a family.
extension ModelFamily {
    /// The logical file names under `files:`; a family may have several layouts.
    public var fileLayouts: [[String]] {
        setup.layouts.map { $0.fields.keys.sorted() }
    }

    /// The files that a folder under `files:` must contain; `nil` if that logical name is a file.
    public func contents(ofFolder name: String) -> [String]? { setup.folders[name] }

    /// The keys under `options:`, besides `language`.
    public var options: [ModelOption] { setup.options }

    /// The option of this key, if the family has it.
    public func option(_ key: String) -> ModelOption? { options.first { $0.key == key } }

    /// The languages of every model of the family; `nil` if they differ by model, or if it has no language parameter.
    public var languages: [Language]? { setup.languages.codes?.map { Language(code: $0) } }

    /// Whether a request's `language` has any effect on this family.
    public var takesLanguage: Bool { setup.languages != .notTaken }

    /// The language of a request that names none, if the model cannot detect it.
    public var languageUnlessTold: Language? {
        if case .told(_, let otherwise) = setup.languages { Language(code: otherwise) } else { nil }
    }

    /// Whether the model detects the language of a request that names none.
    public var detectsLanguage: Bool { takesLanguage && languageUnlessTold == nil }

    /// Whether each language needs a recognizer of its own, with the memory of a whole model.
    public var hasRecognizerPerLanguage: Bool {
        if case .atCreation = setup.languageSetting { true } else { false }
    }

    /// Whether the family can translate; some Whisper models cannot.
    public var translates: Bool { setup.translates }

    /// The longest audio that one decode takes.
    public var window: Duration { setup.window }

    /// The length up to which neighbouring stretches of speech are best joined; models.yaml may override it.
    public var preferredSegment: Duration { setup.preferredSegment }

    /// Whether to decode several recordings in one call.
    public var batching: Batching { setup.batching }

    /// How many threads may decode with one recognizer at the same time.
    public var concurrency: DecodeConcurrency { setup.concurrency }

    /// The times in the results.
    public var times: TimeSupport { setup.times }

    /// Whether the results have the probability of each token.
    public var tellsLogProbabilities: Bool { setup.tellsLogProbabilities }

    /// The hints that a request can give.
    public var hints: HintSupport { setup.hints }
}
