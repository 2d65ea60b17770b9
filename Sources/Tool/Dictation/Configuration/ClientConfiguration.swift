package import Essentials

/// The settings of one source (flags, environment or a file), or of all together. `nil` means not given.
package struct ConfigurationSettings: Sendable, Equatable {
    package var baseURL: String?
    package var apiKey: Secret?
    package var model: String?
    package var organization: String?
    package var language: String?
    package var prompt: String?
    /// The microphone, by number or by a part of its name.
    package var audioDevice: String?
    package var isQuiet: Bool?
    /// Whether speech is sent while it is said; by default only to a server on this machine.
    package var live: Bool?
    package var engine: LocalEngineConfiguration?
    /// Whether a pause ends an utterance and listening continues.
    package var vad: Bool?
    /// The maximum length of a recording in seconds before it is transcribed.
    package var interval: Double?
    /// The length of the pause that ends an utterance, in seconds.
    package var silenceDuration: Double?
    /// The detector's threshold for speech, 0…1.
    package var silenceThreshold: Double?
    package var clipboard: ClipboardChoice?
    package var copyMode: TextDelivery.CopyMode?
    /// A file that texts are appended to; `-` for none, as for the Python tool.
    package var output: String?

    package static let intervals = 1.0...3600
    package static let silences = 0.1...60
    package static let thresholds = 0.01...0.99

    package init() {}

    package init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        baseURL = value("OPENAI_BASE_URL")
        apiKey = value("OPENAI_API_KEY").map(Secret.init)
        organization = value("OPENAI_ORG_ID")
    }

    /// These settings, completed by others where they are `nil`.
    package func over(_ other: Self) -> Self {
        var joined = self
        func complete<Value>(_ field: WritableKeyPath<Self, Value?>) {
            joined[keyPath: field] = joined[keyPath: field] ?? other[keyPath: field]
        }
        for text in [\Self.baseURL, \.model, \.organization, \.language, \.prompt, \.audioDevice, \.output] {
            complete(text)
        }
        for number in [\Self.interval, \.silenceDuration, \.silenceThreshold] { complete(number) }
        for flag in [\Self.isQuiet, \.live, \.vad] { complete(flag) }
        complete(\.apiKey)
        complete(\.engine)
        complete(\.clipboard)
        complete(\.copyMode)
        return joined
    }

    /// Whether listening continues after the first text.
    package var isContinuous: Bool { vad == true || interval != nil }

    /// How the sound is divided into recordings.
    package var mode: ListeningMode {
        let longest = interval.map { Duration.seconds($0) }
        guard vad == true else { return longest.map { .intervals($0) } ?? .untilStopped }
        return .utterances(
            silence: silenceDuration.map { .seconds($0) } ?? ListeningMode.usualSilence,
            longest: longest ?? ListeningMode.longestUtterance)
    }
}

/// An engine that the tool runs itself, as `engine: sherpa_onnx` asks for. `nil` stands for the default.
package struct LocalEngineConfiguration: Sendable, Equatable {
    /// The path of models.yaml.
    package var registry: String?
    package var modelDirectory: String?
    /// Segments recognised at once.
    package var numThreads: Int?
}

/// The settings of all sources together. Created once, at the start.
package struct ClientConfiguration: Sendable {
    /// The base URL of an OpenAI-compatible API, such as `http://127.0.0.1:8000/v1`, without a slash at the end.
    package let baseURL: URL
    /// The settings in force; `apiKey` is `nil` if no key is sent.
    package var settings: ConfigurationSettings
    /// The configuration file that was read, if any.
    package let file: String?
    /// Whether the environment has a key that is not sent to the server.
    private let isKeyWithheld: Bool

    /// The default address of asr2clip's own server.
    package static let localServer = "http://127.0.0.1:8000/v1"

    /// Merges the sources: a flag overrides the environment, which overrides the file, which overrides the default.
    /// With one exception, so that no key is sent where it was not meant to go: a key from the environment is not sent
    /// to a server on this machine unless the environment names that server too. Nor is it sent to a remote server that
    /// is named only by a file in the current folder, which somebody else may have put there (`isFileChosen` is false).
    package init(
        flags: ConfigurationSettings, environment: ConfigurationSettings = .init(),
        file: ConfigurationSettings = .init(), path: String? = nil, isFileChosen: Bool = true
    ) throws(Failure) {
        settings = flags.over(environment).over(file)
        baseURL = try Self.url(settings.baseURL ?? Self.localServer)
        let isNamedByFile = flags.baseURL == nil && environment.baseURL == nil && file.baseURL != nil
        let isForeignKey =
            Self.isLoopback(baseURL)
            ? environment.baseURL == nil || environment.baseURL != settings.baseURL : isNamedByFile && !isFileChosen
        settings.apiKey = flags.apiKey ?? (isForeignKey ? nil : environment.apiKey) ?? file.apiKey
        isKeyWithheld = isForeignKey && settings.apiKey == nil && environment.apiKey != nil
        // A server on the command line overrides an engine in the file.
        if flags.baseURL != nil { settings.engine = nil }
        self.file = path
    }

    package var isQuiet: Bool { settings.isQuiet ?? false }

    /// Whether the server is this machine (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
    package var isLocal: Bool { Self.isLoopback(baseURL) }

    /// Whether speech is sent while it is said. A server elsewhere would get it, and bill it, before the user can cancel.
    var hearsLive: Bool { settings.live ?? isLocal }

    private static func isLoopback(_ url: URL) -> Bool {
        guard let host = url.host?.lowercased().withoutBrackets else { return false }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }

    /// Advice for a server that demands a key; `nil` if a key was sent.
    var keyAdvice: String? {
        guard settings.apiKey == nil else { return nil }
        guard isKeyWithheld else {
            return "No key was sent: write api_key: in the configuration file, or set OPENAI_API_KEY."
        }
        return isLocal
            ? "OPENAI_API_KEY is sent to a server on this machine only if OPENAI_BASE_URL names it. Set that, or write "
                + "api_key: in the configuration file." : keyWarning
    }

    /// A warning that a key is not sent to a remote server; `nil` if there is no such key.
    package var keyWarning: String? {
        guard isKeyWithheld, !isLocal, let file else { return nil }
        return "OPENAI_API_KEY is not sent to \(baseURL.host ?? ""), which only '\(file)' in this folder names. "
            + "If you trust that file, name it: -c '\(file)'."
    }

    /// Parses an address, with or without a trailing slash, or that of the endpoint; one without a path gets `/v1`.
    private static func url(_ text: String) throws(Failure) -> URL {
        var trimmed = text.trimmed
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        for endpoint in ["/audio/transcriptions", "/audio/translations"] where trimmed.hasSuffix(endpoint) {
            trimmed.removeLast(endpoint.count)
        }
        guard let url = URL(httpAddress: trimmed), url.query == nil else {
            throw Failure(
                "'\(text)' is no address of a server, or has a port above 65535; write one such as \(localServer) "
                    + "for api_base_url.")
        }
        return url.path.isEmpty ? url.appending(path: "v1") : url
    }
}

/// A text that cannot get into a message or a log by accident.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    package init(_ value: String) { self.value = value }

    /// Its first and last characters, if it is long enough for the rest to stay secret.
    package var description: String { value.count < 12 ? "…" : "\(value.prefix(3))…\(value.suffix(2))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
