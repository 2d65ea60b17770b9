package import Essentials
package import SpeechTypes

/// One usable entry of models.yaml of `type: openai`: a model on other servers, to which recordings are sent.
package struct UpstreamEntry: Sendable, Equatable {
    /// The type of such an entry.
    package static let type = "openai"
    /// How long a server may make no progress, if the entry does not say: as long as OpenAI's clients wait.
    static let standardTimeout = Duration.seconds(600)

    package let name: String
    /// The servers in file order, at least one, each with another address.
    package let servers: [UpstreamServer]
    /// How long a server may make no progress while a request is sent, awaited or answered.
    package let timeout: Duration
    /// How many requests may be admitted for this model; `nil` if only the server's limit applies.
    package let maximumQueue: Int?
    /// The name of the model of this machine that is used while no server can be reached.
    package let fallback: String?
    /// What the entry says about the model. It counts more than what the servers say.
    package let declared: UpstreamCapabilities

    /// The hosts that recordings are sent to, each once.
    package var hosts: [String] {
        var seen: Set<String> = []
        return servers.map(\.host).filter { seen.insert($0).inserted }
    }
}

/// A server with OpenAI's API, and its name for the model.
package struct UpstreamServer: Sendable, Hashable {
    /// The base of its API, without a slash at the end: `https://gpu.example.org/v1`. It has no user, password, query or
    /// fragment.
    package let url: URL
    /// The model, as that server calls it.
    package let model: String
    /// Where the server's key is; `nil` if it needs none.
    package let key: UpstreamKey?
    /// The absolute path of a file with the certificates that its own one must be signed by (PEM); `nil` for those that
    /// the system trusts.
    package let authority: String?

    /// Host and port: `gpu.example.org:443`.
    package var host: String { "\(url.host ?? ""):\(url.port ?? (isEncrypted ? 443 : 80))" }

    /// The address in logs, messages and metrics: `gpu.example.org:443/v1`.
    package var address: String { host + url.path }

    package var isEncrypted: Bool { url.scheme?.lowercased() == "https" }

    /// Whether it is on this machine.
    package var isLocal: Bool { url.isLoopback }

    /// The address of an endpoint, such as `audio/transcriptions`.
    package func address(of endpoint: String) -> String { "\(url.absoluteString)/\(endpoint)" }
}

/// Where an upstream's key is. The key itself is never in models.yaml.
package enum UpstreamKey: Sendable, Hashable {
    /// The name of an environment variable.
    case variable(String)
    /// The absolute path of a file that has nothing else.
    case file(String)
}

/// What is known about a model on another server; `nil` for what is not.
package struct UpstreamCapabilities: Sendable, Equatable {
    /// The languages that a request may name.
    package var languages: [Language]?
    /// Whether it translates into English.
    package var translates: Bool?
    /// Whether it streams its text. If not, its text is made a stream of one piece.
    package var streams: Bool?
    /// Whether it streams `verbose_json` too. Whoever does not may refuse it.
    package var streamsVerboseJSON: Bool?
    /// Whether it writes `srt` and `vtt`. If not, they are made of its `verbose_json`.
    package var writesSubtitles: Bool?
    /// Whether it has live sessions.
    package var isLive: Bool?
    /// Whether `prompt` or `keywords[]` have an effect.
    package var takesHints: Bool?

    package init(
        languages: [Language]? = nil, translates: Bool? = nil, streams: Bool? = nil, streamsVerboseJSON: Bool? = nil,
        writesSubtitles: Bool? = nil, isLive: Bool? = nil, takesHints: Bool? = nil
    ) {
        self.languages = languages
        self.translates = translates
        self.streams = streams
        self.streamsVerboseJSON = streamsVerboseJSON
        self.writesSubtitles = writesSubtitles
        self.isLive = isLive
        self.takesHints = takesHints
    }

    /// Fills in what is not known here.
    package func or(_ other: Self?) -> Self {
        guard let other else { return self }
        return Self(
            languages: languages ?? other.languages, translates: translates ?? other.translates,
            streams: streams ?? other.streams,
            streamsVerboseJSON: streamsVerboseJSON ?? other.streamsVerboseJSON,
            writesSubtitles: writesSubtitles ?? other.writesSubtitles,
            isLive: isLive ?? other.isLive, takesHints: takesHints ?? other.takesHints)
    }
}

/// What a name of the registry leads to.
package enum RegisteredModel: Sendable, Equatable {
    /// A model of this machine.
    case local(ModelEntry)
    /// A model on other servers.
    case upstream(UpstreamEntry)

    package var name: String {
        switch self {
        case .local(let entry): entry.name
        case .upstream(let entry): entry.name
        }
    }
}

extension URL {
    /// Whether the host is this machine by its name `localhost` or by a loopback address.
    fileprivate var isLoopback: Bool {
        guard let host = host?.lowercased().withoutBrackets else { return false }
        if host == "localhost" { return true }
        guard let address = AddressBlock(host) else { return false }
        return ["127.0.0.0/8", "::1"].compactMap(AddressBlock.init).contains { $0.contains(address) }
    }
}
