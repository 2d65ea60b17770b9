public import SpeechTypes

/// All that is needed to load one model: which family it is, where its files are, how it is set.
public struct ModelSpecification: Sendable, Hashable, Codable {
    /// The name requests use.
    public let name: String
    /// What kind of model it is.
    public let family: ModelFamily
    /// Absolute paths by logical name (`model`, `tokens`, `encoder` …).
    public let files: [String: String]
    /// What the registry sets for every request.
    public let options: ModelOptions

    /// Describes a model on disk.
    public init(name: String, family: ModelFamily, files: [String: String], options: ModelOptions = ModelOptions()) {
        self.name = name
        self.family = family
        self.files = files
        self.options = options
    }
}

/// The settings of a model that the registry may give under `options:`.
public struct ModelOptions: Sendable, Hashable, Codable {
    /// The language when a request names none; `nil` lets the model detect it.
    public var language: Language?
    /// SenseVoice: write numbers as digits and add punctuation (inverse text normalisation).
    public var useITN: Bool

    /// Options as sherpa-onnx has them by default: language detected, no inverse text normalisation.
    public init(language: Language? = nil, useITN: Bool = false) {
        self.language = language
        self.useITN = useITN
    }
}
