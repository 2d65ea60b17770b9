import Essentials

/// What one source says: flags, environment or a file. `nil` means not given.
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
    /// `engine: sherpa_onnx` with what belongs to it.
    public var engine: LocalEngineConfiguration?
    /// How dictation goes.
    public var dictation = DictationSettings()

    /// Settings that say nothing.
    public init() {}

    /// What the environment says.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        baseURL = value("OPENAI_BASE_URL")
        apiKey = value("OPENAI_API_KEY").map(Secret.init)
        organization = value("OPENAI_ORG_ID")
    }
}

extension ClientConfiguration {
    /// Joins the sources: a flag beats the environment, which beats the file, which beats the default.
    ///
    /// With one exception, for nobody's key to go where it was not meant to: a key from the environment is not sent to a
    /// server on this machine unless the environment names that server too, and not to a server elsewhere that only a file
    /// in the current folder names, which somebody else may have put there.
    /// - Parameters:
    ///   - flags: What the command line says.
    ///   - environment: What the environment says.
    ///   - file: What the file says.
    ///   - path: The file's path, for messages; `nil` if there is none.
    ///   - isFileChosen: Whether the user chose the file; not, if it happens to lie in the current folder.
    /// - Throws: `ConfigurationError` for an address that is none.
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
        // Who names a server on the command line wants that server.
        engine = flags.baseURL == nil ? file.engine : nil
        dictation = flags.dictation.over(file.dictation)
        self.file = path
    }

    /// What to do if a server wants a key; `nil` if it was sent one.
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

    /// What is to be said of a key that is kept back from a server elsewhere.
    public var keyWarning: String? {
        guard isKeyWithheld, !isLocal, let file else { return nil }
        return "OPENAI_API_KEY is not sent to \(baseURL.host ?? ""), which only '\(file)' in this folder names. "
            + "If you trust that file, name it: -c '\(file)'."
    }

    /// An address with or without a slash at its end, or that of the endpoint; one without a path gets `/v1`.
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
