public import Essentials

/// How the tool transcribes: which server or engine, and what it is told each time. One value, made at the top.
public struct ClientConfiguration: Sendable, Equatable {
    /// Where an OpenAI-compatible API begins, such as `http://127.0.0.1:8000/v1`, without a slash at the end.
    public var baseURL: URL
    /// What the server is shown; `nil` for none.
    public var apiKey: Secret?
    /// The model that requests name; `nil` lets the server's list decide.
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
    /// An engine of the tool's own instead of a server.
    public var engine: LocalEngineConfiguration?
    /// The file that was read; `nil` if there was none.
    public var file: String?
    /// How dictation goes.
    public var dictation: DictationSettings
    /// Whether there is a key in the environment that the server is not shown.
    var isKeyWithheld: Bool

    /// Where our own server listens unless told otherwise.
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
    /// The path of models.yaml; `nil` for the usual one.
    public var registry: String?
    /// The folder with the models; `nil` for the usual one.
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
