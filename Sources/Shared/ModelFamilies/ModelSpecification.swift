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

extension ModelSpecification {
    /// Whether results can tell when each token begins. Some models of a family that tells may not.
    public var mayTellTokenTimes: Bool {
        switch family.times {
        case .tokens, .tokensOfSomeModels: true
        case .byOption: options.values["enable_token_timestamps"] == true
        case .none: false
        }
    }

    /// Whether requests may ask for a translation; of Whisper's models the multilingual ones, as far as their files are
    /// there to tell.
    public var mayTranslate: Bool {
        guard family.translates else { return false }
        return (try? LanguageSupport(of: self)).map(translates) ?? true
    }

    /// The length up to which neighbouring pieces of speech are best joined, never more than is heard whole.
    public var preferredSegment: Duration {
        min(options.number("preferred_segment").map { .seconds($0) } ?? family.preferredSegment, family.window)
    }
}
