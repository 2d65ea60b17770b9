public import SpeechTypes

/// The kinds of speech model we run, by the word that `type:` takes in models.yaml.
///
/// A new family is one case here, its line in `setup`, and one file of data in `Families/`.
public enum ModelFamily: String, CaseIterable, Sendable, Codable {
    case senseVoice = "sense_voice"
    case whisper
    case paraformer
    case transducer
    case moonshine

    var setup: FamilySetup {
        switch self {
        case .senseVoice: .senseVoice
        case .whisper: .whisper
        case .paraformer: .paraformer
        case .transducer: .transducer
        case .moonshine: .moonshine
        }
    }

    /// The logical file names an entry of this family gives under `files:`; a family may have several layouts.
    public var fileLayouts: [[String]] {
        setup.layouts.map { $0.fields.keys.sorted() }
    }

    /// The ways to search that `decoding_method` may name.
    public var decodingMethods: [DecodingMethod] { setup.decodingMethods }

    /// The languages of every model of the family; `nil` where each model has its own, or takes none.
    public var languages: [Language]? {
        if case .fixed(let codes) = setup.languages { codes.map { Language(code: $0) } } else { nil }
    }

    /// Whether a request's `language` has any effect on this family.
    public var takesLanguage: Bool {
        setup.languages != .notTaken
    }
}
