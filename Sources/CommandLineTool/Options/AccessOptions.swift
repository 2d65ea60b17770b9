public import APIServer
public import ArgumentParser

/// Who may use the server.
struct AccessOptions: ParsableArguments {
    @Option(
        name: .customLong("api-key"),
        help: ArgumentHelp(
            "A key that clients have to give; may be repeated. (default: $ASR2CLIP_API_KEY, else none)",
            valueName: "key"))
    var apiKeys: [String] = []

    @Option(
        name: .customLong("api-key-file"),
        help: ArgumentHelp(
            "File of such keys as SHA-256 hashes, one a line: sha256:HEX. (default: $ASR2CLIP_API_KEY_FILE, else none)",
            valueName: "file"))
    var apiKeyFile: String?

    @Option(
        name: .customLong("allowed-host"),
        help: ArgumentHelp(
            "A name that clients may call the server by, beside localhost and the address it listens on; may be repeated.",
            valueName: "name"))
    var allowedHosts: [HostName] = []

    @Option(
        name: .customLong("cors-origin"),
        help: ArgumentHelp(
            """
            Web pages that may use the server, such as https://notes.example or app://obsidian.md; may be repeated, \
            * allows all. (default: none)
            """, valueName: "origin"))
    var allowedOrigins: [AllowedOrigin] = []

    /// The options that were given.
    var given: [String] {
        [
            ("--api-key", !apiKeys.isEmpty), ("--api-key-file", apiKeyFile != nil),
            ("--allowed-host", !allowedHosts.isEmpty), ("--cors-origin", !allowedOrigins.isEmpty),
        ].compactMap { $1 ? $0 : nil }
    }

    /// The keys of flags, environment and file, empty ones left out.
    ///
    /// - Throws: `APIKeyFile.Mistake`.
    func apiKeys(environment: [String: String]) throws(APIKeyFile.Mistake) -> [APIKey] {
        let keys = (apiKeys + [environment["ASR2CLIP_API_KEY"] ?? ""]).filter { !$0.isEmpty }.map { APIKey($0) }
        guard let file = apiKeyFile ?? environment["ASR2CLIP_API_KEY_FILE"], !file.isEmpty else { return keys }
        return keys + (try APIKeyFile.read(file))
    }
}

extension HostName: ExpressibleByArgument {
    /// Reads a value of `--allowed-host`.
    public init?(argument: String) { self.init(argument) }
}

extension AllowedOrigin: ExpressibleByArgument {
    /// Reads a value of `--cors-origin`.
    public init?(argument: String) { self.init(argument) }
}
