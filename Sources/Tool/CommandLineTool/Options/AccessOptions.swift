package import APIServer
import ArgumentParser

/// The options that control access to the server.
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

    /// The keys from flags, environment and file.
    ///
    /// An empty key is an error: usually a script's variable is unset. Ignoring it would open the server to everybody.
    ///
    /// - Throws: `Failure` for a key that no client can send, `APIKeyFile.Mistake`.
    func apiKeys(environment: [String: String]) throws -> [APIKey] {
        var keys = try apiKeys.map { try Self.key($0, from: "--api-key") }
        if let key = environment["ASR2CLIP_API_KEY"] { keys.append(try Self.key(key, from: "ASR2CLIP_API_KEY")) }
        guard let file = apiKeyFile ?? environment["ASR2CLIP_API_KEY_FILE"] else { return keys }
        guard !file.isEmpty else {
            throw Failure("The name of the file of API keys is empty. Check --api-key-file and ASR2CLIP_API_KEY_FILE.")
        }
        return keys + (try APIKeyFile.read(file))
    }

    private static func key(_ text: String, from source: String) throws(Failure) -> APIKey {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let fault = text.isEmpty ? "is empty" : "has a space or another character that no HTTP header takes"
            throw Failure("The API key of \(source) \(fault). Give another, or leave \(source) out.")
        }
        return APIKey(text)
    }
}

extension HostName: ExpressibleByArgument {
    /// Parses a value of `--allowed-host`.
    package init?(argument: String) { self.init(given: argument) }
}

extension AllowedOrigin: ExpressibleByArgument {
    /// Parses a value of `--cors-origin`.
    package init?(argument: String) { self.init(argument) }
}
