import Essentials

/// The settings of one source: flags, environment or a file. `nil` means not given.
public struct ConfigurationSettings: Sendable, Equatable {
    /// `api_base_url`, `OPENAI_BASE_URL`.
    public var baseURL: String?
    /// `api_key`, `OPENAI_API_KEY`.
    public var apiKey: Secret?
    /// `model_name`, `--model`.
    public var model: String?
    /// `org_id`, `OPENAI_ORG_ID`.
    public var organization: String?
    /// `language`, `--language`.
    public var language: String?
    /// `prompt`, `--prompt`.
    public var prompt: String?
    /// `audio_device`, `--device`.
    public var audioDevice: String?
    /// `quiet`, `--quiet`.
    public var isQuiet: Bool?
    /// `engine: sherpa_onnx` and its settings.
    public var engine: LocalEngineConfiguration?
    /// The settings of dictation.
    public var dictation = DictationSettings()

    /// Empty settings.
    public init() {}

    /// Reads the settings from environment variables.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        baseURL = value("OPENAI_BASE_URL")
        apiKey = value("OPENAI_API_KEY").map(Secret.init)
        organization = value("OPENAI_ORG_ID")
    }
}

extension ClientConfiguration {
    /// Merges the sources: a flag overrides the environment, which overrides the file, which overrides the default.
    ///
    /// With one exception, so that no key is sent where it was not meant to go: a key from the environment is not sent
    /// to a server on this machine unless the environment names that server too. Nor is it sent to a remote server that
    /// is named only by a file in the current folder, which somebody else may have put there.
    /// - Parameters:
    ///   - flags: The settings of the command line.
    ///   - environment: The settings of the environment.
    ///   - file: The settings of the file.
    ///   - path: The file's path, for messages; `nil` if there is none.
    ///   - isFileChosen: Whether the user chose the file; false if it merely is in the current folder.
    /// - Throws: `ConfigurationError` if the address is invalid.
    public init(
        flags: ConfigurationSettings, environment: ConfigurationSettings = .init(),
        file: ConfigurationSettings = .init(),
        path: String? = nil, isFileChosen: Bool = true
    ) throws(ConfigurationError) {
        func first<Value>(_ value: (ConfigurationSettings) -> Value?) -> Value? {
            value(flags) ?? value(environment) ?? value(file)
        }
        let address = first(\.baseURL)
        baseURL = try Self.url(address ?? Self.localServer)
        let isNamedByFile = flags.baseURL == nil && environment.baseURL == nil && file.baseURL != nil
        let isForeignKey =
            Self.isLoopback(baseURL)
            ? environment.baseURL == nil || environment.baseURL != address : isNamedByFile && !isFileChosen
        apiKey = flags.apiKey ?? (isForeignKey ? nil : environment.apiKey) ?? file.apiKey
        isKeyWithheld = isForeignKey && apiKey == nil && environment.apiKey != nil
        model = first(\.model)
        organization = first(\.organization)
        language = first(\.language)
        prompt = first(\.prompt)
        audioDevice = first(\.audioDevice)
        isQuiet = first(\.isQuiet) ?? false
        // A server on the command line overrides an engine in the file.
        engine = flags.baseURL == nil ? file.engine : nil
        dictation = flags.dictation.over(file.dictation)
        self.file = path
    }

    /// Advice for a server that demands a key; `nil` if a key was sent.
    var keyAdvice: String? {
        guard apiKey == nil else { return nil }
        guard isKeyWithheld else {
            return "No key was sent: write api_key: in the configuration file, or set OPENAI_API_KEY."
        }
        return isLocal
            ? "OPENAI_API_KEY is sent to a server on this machine only if OPENAI_BASE_URL names it. Set that, or write "
                + "api_key: in the configuration file."
            : keyWarning
    }

    /// A warning that a key is not sent to a remote server; `nil` if there is no such key.
    public var keyWarning: String? {
        guard isKeyWithheld, !isLocal, let file else { return nil }
        return "OPENAI_API_KEY is not sent to \(baseURL.host ?? ""), which only '\(file)' in this folder names. "
            + "If you trust that file, name it: -c '\(file)'."
    }

    /// Parses an address, with or without a trailing slash, or that of the endpoint; one without a path gets `/v1`.
    private static func url(_ text: String) throws(ConfigurationError) -> URL {
        var trimmed = text.trimmed
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        for endpoint in ["/audio/transcriptions", "/audio/translations"] where trimmed.hasSuffix(endpoint) {
            trimmed.removeLast(endpoint.count)
        }
        guard let url = URL(httpAddress: trimmed), url.query == nil else {
            throw ConfigurationError(
                "'\(text)' is no address of a server, or has a port above 65535; write one such as \(localServer) for api_base_url."
            )
        }
        return url.path.isEmpty ? url.appending(path: "v1") : url
    }
}
