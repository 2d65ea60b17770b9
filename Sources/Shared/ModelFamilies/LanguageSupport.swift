package import SpeechTypes

/// The languages that a model on disk can be set to.
package enum LanguageSupport: Sendable, Equatable {
    /// The model has no language parameter.
    case notTaken
    /// Only this one, whether a request names it or not.
    case single(Language)
    /// One of these. A request that names none gets `otherwise`; if that is `nil`, the model detects the language.
    case choice([Language], otherwise: Language? = nil)

    /// The languages a request may name, in the model's own order; empty without a language parameter.
    package var languages: [Language] {
        switch self {
        case .notTaken: []
        case .single(let language): [language]
        case .choice(let languages, otherwise: _): languages
        }
    }

    /// Reads a model's languages from its family and, for Whisper, from the metadata of its encoder.
    ///
    /// That takes a few reads of the file.
    /// - Throws: `RecognitionError` (`modelUnusable`) if that file is missing or damaged.
    package init(of model: ModelSpecification) throws(RecognitionError) {
        switch model.family.setup.languages {
        case .notTaken: self = .notTaken
        case .detected(let codes): self = .choice(codes.map { Language(code: $0) })
        case .told(let codes, let otherwise):
            self = .choice(codes.map { Language(code: $0) }, otherwise: Language(code: otherwise))
        case .whisperMetadata(let file): self.init(whisper: try model.metadata(of: file))
        }
    }

    /// A Whisper model that is not multilingual recognises English, whatever its setting (sherpa-onnx,
    /// offline-whisper-greedy-search-decoder.cc).
    init(whisper metadata: ONNXMetadata) {
        let codes = (metadata.properties["all_language_codes"] ?? "").split(separator: ",")
        guard metadata.properties["is_multilingual"].flatMap({ Int($0) }) != 0 else {
            self = .single(Language(code: "en"))
            return
        }
        self = codes.isEmpty ? .notTaken : .choice(codes.map { Language(code: String($0)) })
    }

    /// The language to set for a recognizer; `nil` leaves it to the model.
    ///
    /// - Throws: `RecognitionError` (`unsupportedLanguage`), which names the supported languages.
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
