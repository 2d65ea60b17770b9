public import Essentials

/// How the tool transcribes: the server or engine, and what is sent with each request. Created once, at the start.
public struct ClientConfiguration: Sendable, Equatable {
    /// The base URL of an OpenAI-compatible API, such as `http://127.0.0.1:8000/v1`, without a slash at the end.
    public var baseURL: URL
    /// The API key that is sent to the server; `nil` for none.
    public var apiKey: Secret?
    /// The model that requests name; `nil` chooses from the server's list.
    public var model: String?
    /// OpenAI's organisation, sent as `OpenAI-Organization`.
    public var organization: String?
    /// The language of the speech; `nil` lets the model detect it.
    public var language: String?
    /// Context for models that use one.
    public var prompt: String?
    /// The microphone, by number or by a part of its name; `nil` for the default one.
    public var audioDevice: String?
    /// Whether only texts and errors are shown.
    public var isQuiet: Bool
    /// The tool's own engine, if it is used instead of a server.
    public var engine: LocalEngineConfiguration?
    /// The file that was read; `nil` if there was none.
    public var file: String?
    /// The settings of dictation.
    public var dictation: DictationSettings
    /// Whether the environment has a key that is not sent to the server.
    var isKeyWithheld: Bool

    /// The default address of asr2clip's own server.
    public static let localServer = "http://127.0.0.1:8000/v1"

    /// Whether the server is this machine (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
    public var isLocal: Bool { Self.isLoopback(baseURL) }

    static func isLoopback(_ url: URL) -> Bool {
        guard let host = url.host?.lowercased().withoutBrackets else { return false }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}

/// An engine that the tool runs itself, as `engine: sherpa_onnx` asks for.
public struct LocalEngineConfiguration: Sendable, Equatable {
    /// The path of models.yaml; `nil` for the default one.
    public var registry: String?
    /// The folder with the models; `nil` for the default one.
    public var modelDirectory: String?
    /// Segments recognised at once; `nil` for the registry's number.
    public var numThreads: Int?
}

/// Why there is no usable configuration.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
