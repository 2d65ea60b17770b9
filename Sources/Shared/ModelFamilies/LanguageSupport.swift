public import SpeechTypes

/// Which languages a model on disk can be told to expect.
public enum LanguageSupport: Sendable, Equatable {
    /// A language changes nothing: the model takes none.
    case notTaken
    /// This one only, whether it is named or not.
    case single(Language)
    /// One of these; for a request that names none, `otherwise`, or what the model detects.
    case choice([Language], otherwise: Language? = nil)

    /// The languages a request may name, in the model's own order; empty where a language changes nothing.
    public var languages: [Language] {
        switch self {
        case .notTaken: []
        case .single(let language): [language]
        case .choice(let languages, otherwise: _): languages
        }
    }

    /// Reads a model's languages from its family and, for Whisper, from the metadata of its encoder.
    ///
    /// Costs a few reads of the file's start and end.
    /// - Throws: `RecognitionError` (`modelUnusable`) if that file is missing or damaged.
    public init(of model: ModelSpecification) throws(RecognitionError) {
        switch model.family.setup.languages {
        case .notTaken: self = .notTaken
        case .detected(let codes): self = .choice(codes.map { Language(code: $0) })
        case .told(let codes, let otherwise):
            self = .choice(codes.map { Language(code: $0) }, otherwise: Language(code: otherwise))
        case .whisperMetadata(let file): self.init(whisper: try model.metadata(of: file))
        }
    }

    /// A Whisper model that is not multilingual knows English, whatever it is told (sherpa-onnx,
    /// offline-whisper-greedy-search-decoder.cc).
    init(whisper metadata: ONNXMetadata) {
        let codes = (metadata.properties["all_language_codes"] ?? "").split(separator: ",")
        guard metadata.properties["is_multilingual"].flatMap({ Int($0) }) != 0 else {
            self = .single(Language(code: "en"))
            return
        }
        self = codes.isEmpty ? .notTaken : .choice(codes.map { Language(code: String($0)) })
    }

    /// The language that a recognizer is to expect; `nil` leaves it to the model.
    ///
    /// - Throws: `RecognitionError` (`unsupportedLanguage`), naming the languages that would do.
    package func resolve(_ requested: Language?, model: String) throws(RecognitionError) -> Language? {
        guard let requested else {
            if case .choice(_, let otherwise) = self { return otherwise }
            return nil
        }
        switch self {
        case .notTaken: return nil
        case .single(let only):
            guard requested == only else {
                throw RecognitionError(
                    .unsupportedLanguage,
                    "Model '\(model)' knows no other language than '\(only)'; the request names '\(requested)'.")
            }
            return nil
        case .choice(let languages, let otherwise):
            guard languages.contains(requested) else {
                throw RecognitionError(
                    .unsupportedLanguage,
                    "Model '\(model)' does not know the language '\(requested)'. Send one of "
                        + languages.map(\.code).joined(separator: ", ")
                        + (otherwise.map { ", or none for \($0)." } ?? ", or none to let the model detect it."))
            }
            return requested
        }
    }
}
