/// Everything needed to load one model: its family, files and options.
public struct ModelSpecification: Sendable, Hashable, Codable {
    /// The name requests use.
    public let name: String
    /// The family.
    public let family: ModelFamily
    /// Absolute paths by logical name (`model`, `tokens`, `encoder` …).
    public let files: [String: String]
    /// The options in the registry, which apply to every request.
    public let options: ModelOptions

    /// Makes a specification.
    public init(name: String, family: ModelFamily, files: [String: String], options: ModelOptions = ModelOptions()) {
        self.name = name
        self.family = family
        self.files = files
        self.options = options
    }
}

extension ModelSpecification {
    /// Whether results may have token times. In some families that report them, some models do not.
    public var mayTellTokenTimes: Bool {
        switch family.times {
        case .tokens, .tokensOfSomeModels: true
        case .byOption: options.values["enable_token_timestamps"] == true
        case .none: false
        }
    }

    /// Whether requests may ask for a translation; of Whisper's models only the multilingual ones. `true` for a missing
    /// or damaged file.
    public var mayTranslate: Bool {
        guard family.translates else { return false }
        return (try? LanguageSupport(of: self)).map(translates) ?? true
    }

    /// The length up to which neighbouring stretches of speech are best joined, at most the family's window.
    public var preferredSegment: Duration {
        min(options.number("preferred_segment").map { .seconds($0) } ?? family.preferredSegment, family.window)
    }
}
