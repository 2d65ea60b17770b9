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
