import Essentials
import SpeechTypes

/// The fields of an entry under `models:` with `type: openai`.
extension FieldReader {
    /// The keys of a server.
    private static let serverKeys = ["url", "model", "api_key_env", "api_key_file", "ca_file", "insecure"]
    /// The keys of an entry about the model.
    private static let modelKeys = [
        "timeout", "max_queue", "fallback", "languages", "translates", "streams", "subtitles", "realtime", "hints",
    ]
    /// A key that belongs elsewhere.
    private static let key = "api_key"
    /// A variable with one of these in its name is kept from the engines (`EngineHost`).
    private static let secretNames = ["KEY", "TOKEN", "SECRET"]

    /// Whether the entry is one of an upstream.
    var isUpstream: Bool { scalarText("type") == UpstreamEntry.type }

    /// The entry; `nil` if it has a mistake that makes it unusable. All mistakes are noted, not just the first. `locals` are
    /// the names of the models of this machine.
    mutating func upstream(named name: String, paths: ModelPaths, locals: [String]) -> UpstreamEntry? {
        warn(ofKeysBut: ["type", "upstreams"] + Self.serverKeys + Self.modelKeys + [Self.key])
        let servers = servers(paths)
        let timeout = notation("timeout", wanted: "a time such as 30s or 10m", example: "10m") { text in
            HumanFormat.duration(text).flatMap { $0 > .zero ? $0 : nil }
        }
        let maximumQueue = positiveInteger("max_queue", example: 8)
        let fallback = parsed("fallback", isOptional: true, { locals.contains($0) ? $0 : nil }) {
            "'\($0)' is no model of this machine in this file"
                + (locals.isEmpty ? "." : "; write one of \(locals.listed).")
        }
        let declared = UpstreamCapabilities(
            languages: upstreamLanguages(), translates: boolean("translates"), streams: boolean("streams"),
            writesSubtitles: boolean("subtitles"), isLive: boolean("realtime"),
            takesHints: boolean("hints"))
        guard !mistakes.contains(where: { $0.severity == .error }), !servers.isEmpty else { return nil }
        return UpstreamEntry(
            name: name, servers: servers, timeout: timeout ?? UpstreamEntry.standardTimeout,
            maximumQueue: maximumQueue, fallback: fallback, declared: declared)
    }

    /// The servers: one in the entry itself, or those below `upstreams:`.
    private mutating func servers(_ paths: ModelPaths) -> [UpstreamServer] {
        guard has("upstreams") else {
            return server(paths, model: nil).map { [$0] } ?? []
        }
        for key in Self.serverKeys + [Self.key] where key != "model" && has(key) {
            note(
                "'\(key)' belongs to one server: write it below 'upstreams', beside that server's url.", at: lineOf(key)
            )
        }
        let model = nonemptyText("model")
        let advice = "write upstreams: and below it '- url: …' for each server"
        let servers = insideEach("upstreams", orElse: advice) { reader in
            reader.warn(ofKeysBut: Self.serverKeys + [Self.key])
            return reader.server(paths, model: model)
        }
        var addresses: Set<String> = []
        if let twice = servers.first(where: { !addresses.insert($0.address).inserted }) {
            note("\(twice.address) is there twice; write each server once.", at: lineOf("upstreams"))
        }
        return servers
    }

    /// A server; `model` is its model if it names none.
    private mutating func server(_ paths: ModelPaths, model: String?) -> UpstreamServer? {
        let example = "https://host/v1"
        // The text is not repeated, because it may contain a password.
        let url = parsed("url", orElse: "write url: and the base of the server's API, such as \(example)", Self.base) {
            _ in
            "'url' must be an http or https address without user, password, query and fragment, such as \(example)."
        }
        if let url, url.path.isEmpty {
            note("'url' has no path; the base of most APIs ends in /v1.", at: lineOf("url"), .warning)
        }
        let advice = "write model: and the name of the model on that server"
        let name = nonemptyText("model", orElse: model == nil ? advice : nil) ?? model
        let key = upstreamKey(paths)
        let authority = nonemptyText("ca_file").map(paths.besideRegistry)
        let isInsecure = boolean("insecure") ?? false
        guard let url, let name else { return nil }
        let server = UpstreamServer(url: url, model: name, key: key, authority: authority)
        if key != nil, !server.isEncrypted, !server.isLocal, !isInsecure {
            note(
                "The key would go to \(server.host) unencrypted. Write https:// in 'url', or insecure: true if nobody can"
                    + " listen on the way.", at: lineOf("url"))
        }
        if authority != nil, !server.isEncrypted {
            note("'ca_file' is for https; this 'url' is plain http.", at: lineOf("ca_file"))
        }
        return server
    }

    /// The base of an API; `nil` if the text is none.
    private static func base(_ text: String) -> URL? {
        let bare = text.reversed().drop { $0 == "/" }.reversed()
        guard let url = URL(httpAddress: String(bare)), url.user == nil, url.password == nil, url.query == nil,
            url.fragment == nil, !text.contains("@"), !text.contains("?"), !text.contains("#")
        else { return nil }
        return url
    }

    private mutating func upstreamKey(_ paths: ModelPaths) -> UpstreamKey? {
        if has(Self.key) {
            note(
                "A key does not belong into this file. Write it into another one, and api_key_file: with its path; or"
                    + " into an environment variable, and api_key_env: with its name.", at: lineOf(Self.key))
        }
        // The text is not repeated, because it may be the key itself.
        let variable = parsed("api_key_env", Self.variable) { _ in
            "'api_key_env' must be the name of an environment variable with \(Self.secretNames.listed) in it, such as"
                + " GPU_API_KEY. (Engines are not told such variables.)"
        }
        let file = nonemptyText("api_key_file")
        if variable != nil, file != nil {
            note("There are 'api_key_env' and 'api_key_file'; leave one out.", at: lineOf("api_key_file"))
        }
        return variable.map(UpstreamKey.variable) ?? file.map { .file(paths.besideRegistry($0)) }
    }

    private static func variable(_ text: String) -> String? {
        guard text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil,
            secretNames.contains(where: text.uppercased().contains)
        else { return nil }
        return text
    }

    private mutating func upstreamLanguages() -> [Language]? {
        guard let texts = texts("languages") else { return nil }
        return texts.compactMap { text in
            if let language = try? Language(parsing: text) { return language }
            note("'\(text)' is no language code; write one such as en.", at: lineOf("languages"))
            return nil
        }
    }
}
