package import SpeechTypes

/// The kinds of speech model, by their word for `type:` in models.yaml: every family of the C API's
/// `SherpaOnnxOfflineModelConfig`, under its name there, and of its `SherpaOnnxOnlineModelConfig`, as `streaming_…`. A
/// new one is a case here, its line in `setup`, and its data in `Families/`.
@dynamicMemberLookup
package enum ModelFamily: String, CaseIterable, Sendable, Codable {
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
    case streamingTransducer = "streaming_transducer"
    case streamingParaformer = "streaming_paraformer"
    case streamingZipformerCTC = "streaming_zipformer_ctc"
    case streamingNeMoCTC = "streaming_nemo_ctc"
    case streamingToneCTC = "streaming_t_one_ctc"

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
        case .streamingTransducer: .streamingTransducer
        case .streamingParaformer: .streamingParaformer
        case .streamingZipformerCTC: .streamingZipformerCTC
        case .streamingNeMoCTC: .streamingNeMoCTC
        case .streamingToneCTC: .streamingToneCTC
        }
    }
}

extension ModelFamily {
    /// The family's properties are those of its setup, under their names there.
    package subscript<Value>(dynamicMember property: KeyPath<FamilySetup, Value>) -> Value { setup[keyPath: property] }

    /// The logical file names under `files:`; a family may have several layouts.
    package var fileLayouts: [[String]] {
        setup.layouts.map { $0.fields.keys.sorted() }
    }

    /// The files that a folder under `files:` must contain; `nil` if that logical name is a file.
    package func contents(ofFolder name: String) -> [String]? { setup.folders[name] }

    /// The option of this key, if the family has it.
    package func option(_ key: String) -> ModelOption? { setup.options.first { $0.key == key } }

    /// The languages of every model of the family; `nil` if they differ by model, or if it has no language parameter.
    package var languages: [Language]? { setup.languages.codes?.map { Language(code: $0) } }

    /// Whether a request's `language` has any effect on this family.
    package var takesLanguage: Bool { setup.languages != .notTaken }

    /// Whether the model detects the language of a request that names none.
    package var detectsLanguage: Bool {
        if case .told = setup.languages { false } else { takesLanguage }
    }

    /// Whether the decoder writes one token after the other, up to a limit.
    package var writesTokenByToken: Bool { setup.layouts.contains { $0.tokenLimit != nil } }

    /// Whether the models recognise audio as it arrives, and recordings as well; the others only take recordings.
    package var isStreaming: Bool { setup.streaming != nil }
}
