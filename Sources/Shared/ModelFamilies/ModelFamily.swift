public import SpeechTypes

/// The kinds of speech model we run, by the word that `type:` takes in models.yaml: every family of the C API's
/// `SherpaOnnxOfflineModelConfig`, under its name there.
///
/// A new family is one case here, its line in `setup`, and one file of data in `Families/`.
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

/// What others may know of a family.
extension ModelFamily {
    /// The logical file names an entry of this family gives under `files:`; a family may have several layouts.
    public var fileLayouts: [[String]] {
        setup.layouts.map { $0.fields.keys.sorted() }
    }

    /// The files that must be in a folder which stands under `files:`; `nil` if that logical name is a file itself.
    public func contents(ofFolder name: String) -> [String]? { setup.folders[name] }

    /// The keys that may stand under `options:`, beside `language`.
    public var options: [ModelOption] { setup.options }

    /// The option of this key, if the family takes it.
    public func option(_ key: String) -> ModelOption? { options.first { $0.key == key } }

    /// The languages of every model of the family; `nil` where each model has its own, or takes none.
    public var languages: [Language]? { setup.languages.codes?.map { Language(code: $0) } }

    /// Whether a request's `language` has any effect on this family.
    public var takesLanguage: Bool { setup.languages != .notTaken }

    /// The language of a request that names none, where the model cannot detect it.
    public var languageUnlessTold: Language? {
        if case .told(_, let otherwise) = setup.languages { Language(code: otherwise) } else { nil }
    }

    /// Whether the model finds out the language of a request that names none.
    public var detectsLanguage: Bool { takesLanguage && languageUnlessTold == nil }

    /// Whether each language costs a recognizer of its own, and with it a whole model's memory.
    public var hasRecognizerPerLanguage: Bool {
        if case .atCreation = setup.languageSetting { true } else { false }
    }

    /// Whether models of the family may be asked for translations; some of Whisper's cannot do it.
    public var translates: Bool { setup.translates }

    /// The longest stretch of sound that one decode hears whole.
    public var window: Duration { setup.window }

    /// The length up to which neighbouring pieces of speech are best joined; models.yaml may say otherwise.
    public var preferredSegment: Duration { setup.preferredSegment }

    /// What decoding several recordings in one call gains.
    public var batching: Batching { setup.batching }

    /// How many threads may decode with one recognizer at once.
    public var concurrency: DecodeConcurrency { setup.concurrency }

    /// Which times the results have.
    public var times: TimeSupport { setup.times }

    /// Whether the results tell how sure the model was of each token.
    public var tellsLogProbabilities: Bool { setup.tellsLogProbabilities }

    /// What a request can tell about the words to come.
    public var hints: HintSupport { setup.hints }
}
