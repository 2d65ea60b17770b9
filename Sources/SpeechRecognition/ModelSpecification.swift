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

    /// How the decoder searches.
    public var decodingMethod: DecodingMethod

    /// Options as sherpa-onnx has them by default: language detected, no inverse text normalisation, greedy search.
    public init(
        language: Language? = nil, useITN: Bool = false, decodingMethod: DecodingMethod = .greedySearch
    ) {
        self.language = language
        self.useITN = useITN
        self.decodingMethod = decodingMethod
    }
}

/// How a decoder searches for the text, by sherpa-onnx's word.
public enum DecodingMethod: String, CaseIterable, Sendable, Codable {
    /// Takes the best token at each step.
    case greedySearch = "greedy_search"
    /// Follows several candidates: slower, and the only way to use hotwords.
    case modifiedBeamSearch = "modified_beam_search"
}
