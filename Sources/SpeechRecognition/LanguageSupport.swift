public import SpeechTypes

/// Which languages a model on disk can be told to expect.
public enum LanguageSupport: Sendable, Equatable {
    /// A language changes nothing: the model takes none.
    case notTaken
    /// One of these, or none for detection.
    case choice([Language])

    /// The languages a request may name, in the model's own order; empty where a language changes nothing.
    public var languages: [Language] {
        switch self {
        case .notTaken: []
        case .choice(let languages): languages
        }
    }

    /// Reads a model's languages from its family and, for Whisper, from the metadata of its encoder.
    ///
    /// Costs a few reads of the file's start and end.
    /// - Throws: `RecognitionError` (`modelUnusable`) if that file is missing or damaged.
    public init(of model: ModelSpecification) throws(RecognitionError) {
        switch model.family.setup.languages {
        case .notTaken: self = .notTaken
        case .fixed(let codes): self = .choice(codes.map { Language(code: $0) })
        case .whisperMetadata(let file): self.init(whisper: try model.metadata(of: file))
        }
    }

    /// English-only Whisper models list nothing and take no language (sherpa-onnx, offline-whisper-model.cc).
    init(whisper metadata: ONNXMetadata) {
        let codes = metadata.properties["all_language_codes"] ?? ""
        let isMultilingual = metadata.properties["is_multilingual"].flatMap { Int($0) } != 0
        guard isMultilingual, !codes.isEmpty else {
            self = .notTaken
            return
        }
        self = .choice(codes.split(separator: ",").map { Language(code: String($0)) })
    }

    /// The language to load a recognizer for.
    ///
    /// - Throws: `RecognitionError` (`unsupportedLanguage`), naming the languages that would do.
    func resolve(_ requested: Language?, model: String) throws(RecognitionError) -> Language? {
        guard let requested, case .choice(let languages) = self else { return nil }
        guard languages.contains(requested) else {
            throw RecognitionError(
                .unsupportedLanguage,
                "Model '\(model)' does not know the language '\(requested)'. Send one of "
                    + languages.map(\.code).joined(separator: ", ") + ", or none to let the model detect it.")
        }
        return requested
    }
}
