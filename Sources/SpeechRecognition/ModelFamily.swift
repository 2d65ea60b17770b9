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

    /// Whether a request's `language` has any effect on this family.
    public var takesLanguage: Bool {
        setup.languages != .notTaken
    }
}
