import SherpaOnnx
import SpeechTypes

/// What is particular to a model family, as data. Each family states its own in `Families/`.
struct FamilySetup: Sendable {
    /// The ways a family's files may be laid out.
    var layouts: [Layout]
    /// The longest stretch of sound that one decode hears whole.
    var window: Duration = .seconds(30)
    /// Which languages a request may name.
    var languages: LanguageChoice = .notTaken
    /// The ways to search: sherpa-onnx ends the process over any other.
    var decodingMethods: [DecodingMethod] = [.greedySearch]
    /// Keys that the metadata of a file must have, by the file's logical name: sherpa-onnx ends the process without them.
    var metadataKeys: [String: [String]] = [:]
    /// What `model_type` may say in the metadata of a file, by the file's logical name, if it is there.
    var modelTypes: [String: [String]] = [:]
    /// Keys that the metadata of a file have in models of another kind, by the file's logical name.
    var foreignKeys: [String: [String]] = [:]
    /// Where the metadata tell how many tokens the model knows: decoding with fewer in tokens.txt crashes.
    var vocabulary: VocabularySize?
    /// Puts the registry's options and the language into the configuration; the files are there already.
    var configure: @Sendable (inout OfflineRecognizerConfiguration, ModelOptions, Language?) -> Void = { _, _, _ in }

    /// One way to lay out a family's files.
    struct Layout: Sendable {
        /// The C field each logical file name goes to.
        var fields: [String: TextField]
        /// How much text one decode can write, where the decoder has a limit.
        var tokenLimit: TokenLimit?
    }

    /// A place in the metadata.
    struct VocabularySize: Sendable {
        /// The file's logical name.
        var file: String
        /// The property's key.
        var key: String
    }

    /// Where a family's list of languages comes from.
    enum LanguageChoice: Sendable, Equatable {
        /// The family hears what it hears: a language changes nothing.
        case notTaken
        /// The same for every model of the family.
        case fixed([String])
        /// In the metadata of the file with this logical name, under Whisper's keys.
        case whisperMetadata(of: String)
    }

    /// A decoder that stops writing after a number of tokens, whatever is still unheard.
    struct TokenLimit: Sendable, Equatable {
        /// Tokens for each second of sound.
        var perSecond: Double
        /// The logical file whose metadata give `n_text_ctx`, half of which is a limit too.
        var contextFile: String?

        /// The most tokens a decode of `duration` can have; `context` is the model's `n_text_ctx`, if known.
        func tokens(in duration: Duration, context: Int?) -> Int {
            let bySound = Int(duration.inSeconds * perSecond)
            return context.map { min(bySound, $0 / 2) } ?? bySound
        }
    }

    /// The layout that has exactly these logical names.
    func layout(of names: some Sequence<String>) -> Layout? {
        let names = Set(names)
        return layouts.first { Set($0.fields.keys) == names }
    }
}
