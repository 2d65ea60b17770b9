package import APIServer
import ArgumentParser
import Dictation
import Essentials
import Logging
package import ModelStore

/// The options of the server, the same for `asr2clip-serve` and `asr2clip --serve`. `nil` means not given.
struct ServeOptions: ParsableArguments {
    @Option(help: .value("address", "Address to listen on. (default: 127.0.0.1, this machine only)")) var host: String?
    @Option(help: .value("port", "Port to listen on; 0 takes a free one and prints it. (default: 8000)")) var port: Int?
    @OptionGroup var threads: ThreadOption

    @Option(help: .value("name", "Model to load at the start. (default: the registry's default_model)"))
    var defaultModel: String?

    @Option(help: .value("size", "Largest upload, such as 500M or 2G. (default: 1G)")) var maxUploadSize: ByteCount?
    @Option(help: .value("time", "Longest recording, such as 90s, 30m or 6h. (default: 6h)")) var maxDuration: TimeSpan?

    @Option(help: .value("time", "How long a request waits for its model to be fetched or loaded. (default: 60s)"))
    var modelWait: TimeSpan?

    @Option(
        help: .value(
            "time",
            "How long a model may take to load, not counted the time to fetch it; then the load counts as crashed. "
                + "(default: 5m)"))
    var loadTimeout: TimeSpan?

    @Option(
        help: .value(
            "number",
            "Requests in hand, running and waiting; more are answered 429. "
                + "(default: $ASR2CLIP_MAX_QUEUE, else the registry's, else \(CapacitySettings.standardQueue))"))
    var maxQueue: Int?

    @Option(
        help: .value(
            "time",
            "How long models other than the default one stay loaded unused: 30s, 15m, 2h, 0 or never. "
                + "(default: $ASR2CLIP_KEEP_ALIVE, else the registry's, else 15m)"))
    var keepAlive: KeepAlive?

    @Option(
        help: .value(
            "number",
            "Models in memory at once. (default: $ASR2CLIP_MAX_LOADED_MODELS, else the registry's, else "
                + "\(CapacitySettings.standardLoadedModels))"))
    var maxLoadedModels: Int?

    @Option(
        help: .value(
            "time",
            "How long the server still answers after SIGTERM or Ctrl-C, while /health/ready says 503 so that balancers "
                + "send nothing more: 10, 10s, up to 1h. (default: $ASR2CLIP_DRAIN_DELAY, else the registry's, else 0)")
    )
    var drainDelay: DrainDelay?

    @Option(
        help: .value(
            "size", "The most memory the engine of a model may take, such as 4G; Linux only. (default: what there is)"))
    var engineMemory: ByteCount?

    @Option(
        help: .value("key", "A key that clients have to give; may be repeated. (default: $ASR2CLIP_API_KEY, else none)")
    )
    var apiKey: [String] = []

    @Option(
        help: .value(
            "file",
            "File of such keys as SHA-256 hashes, one a line: sha256:HEX. (default: $ASR2CLIP_API_KEY_FILE, else none)")
    )
    var apiKeyFile: String?

    @Flag(help: "Let no client download, load, unload, add or delete models by requests about models.")
    var noModelChanges = false

    @Option(
        help: .value(
            "name",
            "A name that clients may call the server by, beside localhost and the address it listens on; "
                + "may be repeated."))
    var allowedHost: [HostName] = []

    @Option(
        help: .value(
            "origin",
            "Web pages that may use the server, such as https://notes.example or app://obsidian.md; may be repeated, "
                + "* allows all. (default: none)"))
    var corsOrigin: [AllowedOrigin] = []

    @Option(help: .value("number", "Most connections at a time; more are answered 503. (default: 1024)"))
    var maxConnections: Int?

    @Option(help: .value("time", "How long the head of a request may take. (default: 15s)"))
    var headerTimeout: TimeSpan?

    @Option(help: .value("time", "How long a connection may be silent between requests. (default: 75s)"))
    var idleTimeout: TimeSpan?

    @Option(
        help: .value(
            "bytes", "Bytes a second below which an upload is ended, on the average of a minute. (default: 500)"))
    var minUploadRate: ByteCount?

    @Option(help: .value("number", "Most live sessions at a time; more are answered 429. (default: 32)"))
    var maxSessions: Int?

    @Option(help: .value("time", "How long a live session may send no audio. (default: 10m)"))
    var sessionIdleTimeout: TimeSpan?

    /// Hidden: lets tests wait less than a minute.
    @Option(help: .hidden) var uploadRateWindow: TimeSpan?
    @Option(help: .value("level", "How much to log on standard error. (default: info)")) var logLevel: LogLevel?

    @Option(help: .value("format", "How to log: text, or json with an object a line. (default: text)"))
    var logFormat: LogFormat?

    func validate() throws {
        if let port, !(0...65535).contains(port) { throw ValidationError("The port \(port) is not from 0 to 65535.") }
        try ValidationError.check("The number of requests in hand", maxQueue)
        try ValidationError.check("The number of loaded models", maxLoadedModels)
        try ValidationError.check("--max-connections", maxConnections)
        try ValidationError.check("--max-sessions", maxSessions)
    }

    var given: [String] {
        names(ofGiven: [
            "--host": host, "--port": port, "--default-model": defaultModel, "--max-upload-size": maxUploadSize,
            "--max-duration": maxDuration, "--model-wait": modelWait, "--load-timeout": loadTimeout,
            "--max-queue": maxQueue, "--keep-alive": keepAlive, "--max-loaded-models": maxLoadedModels,
            "--drain-delay": drainDelay, "--engine-memory": engineMemory, "--log-level": logLevel,
            "--log-format": logFormat,
            "--api-key": apiKey.first, "--api-key-file": apiKeyFile, "--allowed-host": allowedHost.first,
            "--cors-origin": corsOrigin.first, "--max-connections": maxConnections, "--header-timeout": headerTimeout,
            "--idle-timeout": idleTimeout, "--min-upload-rate": minUploadRate,
            "--max-sessions": maxSessions, "--session-idle-timeout": sessionIdleTimeout,
            "--no-model-changes": noModelChanges ? true : nil,
        ])
    }
}

extension ServeOptions {
    /// The server's settings, with defaults for the options that were not given.
    func settings(environment: [String: String], logger: Logger) throws -> ServerSettings {
        var settings = ServerSettings()
        if let host { settings.host = host }
        if let port { settings.port = port }
        if let maxUploadSize { settings.maximumUpload = maxUploadSize.bytes }
        if let maxDuration { settings.maximumDuration = maxDuration.duration }
        if let modelWait { settings.modelWait = modelWait.duration }
        settings.apiKeys = try apiKeys(environment: environment)
        settings.allowsModelChanges = !noModelChanges
        settings.allowedHosts = allowedHost
        settings.allowedOrigins = corsOrigin
        settings.connections = OpenFiles.makeRoom(for: connectionLimits, logger: logger)
        if let maxSessions { settings.live.sessions = maxSessions }
        if let sessionIdleTimeout { settings.live.idleTime = sessionIdleTimeout.duration }
        return settings
    }

    var connectionLimits: ConnectionLimits {
        var limits = ConnectionLimits()
        if let maxConnections { limits.maximum = maxConnections }
        if let headerTimeout { limits.headTime = headerTimeout.duration }
        if let idleTimeout { limits.idleTime = idleTimeout.duration }
        if let minUploadRate { limits.minimumRate = minUploadRate.bytes }
        if let uploadRateWindow { limits.rateWindow = uploadRateWindow.duration }
        return limits
    }

    /// The limits of the load from flags and environment; the registry has the rest.
    func capacity(environment: [String: String]) throws(Failure) -> CapacitySettings {
        func value<Value>(
            _ flag: Value?, or name: String, wanted: String, _ read: (String) -> Value?
        ) throws(Failure) -> Value? {
            if let flag { return flag }
            guard let text = environment[name], !text.isEmpty else { return nil }
            guard let value = read(text) else { throw Failure("\(name) is '\(text)'; set it to \(wanted).") }
            return value
        }
        func count(_ flag: Int?, or name: String) throws(Failure) -> Int? {
            try value(flag, or: name, wanted: "a whole number above 0") { text in
                Int(text).flatMap { $0 > 0 ? $0 : nil }
            }
        }
        return CapacitySettings(
            keepAlive: try value(keepAlive, or: "ASR2CLIP_KEEP_ALIVE", wanted: KeepAlive.wanted) { KeepAlive($0) },
            maximumLoadedModels: try count(maxLoadedModels, or: "ASR2CLIP_MAX_LOADED_MODELS"),
            maximumQueue: try count(maxQueue, or: "ASR2CLIP_MAX_QUEUE"),
            drainDelay: try value(drainDelay, or: "ASR2CLIP_DRAIN_DELAY", wanted: DrainDelay.wanted) { DrainDelay($0) })
    }

    /// The keys from flags, environment and file. An empty key is an error: usually a script's variable is unset.
    /// Ignoring it would open the server to everybody.
    private func apiKeys(environment: [String: String]) throws -> [APIKey] {
        func key(_ text: String, from source: String) throws(Failure) -> APIKey {
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                let fault = text.isEmpty ? "is empty" : "has a space or another character that no HTTP header takes"
                throw Failure("The API key of \(source) \(fault). Give another, or leave \(source) out.")
            }
            return APIKey(text)
        }
        var keys = try apiKey.map { try key($0, from: "--api-key") }
        if let text = environment["ASR2CLIP_API_KEY"] { keys.append(try key(text, from: "ASR2CLIP_API_KEY")) }
        guard let file = apiKeyFile ?? environment["ASR2CLIP_API_KEY_FILE"] else { return keys }
        guard !file.isEmpty else {
            throw Failure("The name of the file of API keys is empty. Check --api-key-file and ASR2CLIP_API_KEY_FILE.")
        }
        return keys + (try APIKeyFile.read(file))
    }
}

/// A number of bytes as users write it: `1048576`, `500M`, `2G`; powers of 1024.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let upper = argument.uppercased()
        let digits = ["IB", "B"].first { upper.hasSuffix($0) }.map { upper.dropLast($0.count) } ?? upper[...]
        let unit = digits.last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? digits : digits.dropLast()), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}

/// A length of time as users write it: `90`, `90s`, `30m`, `6h`; a bare number is seconds.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = HumanFormat.duration(argument), duration > .zero else { return nil }
        self.duration = duration
    }
}

struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }

    static var allValueStrings: [String] { Logger.Level.allCases.map(\.rawValue) }
}

extension LogFormat: ExpressibleByArgument {}

extension KeepAlive: ExpressibleByArgument {
    /// Parses a value of `--keep-alive`.
    package init?(argument: String) { self.init(argument) }
}

extension DrainDelay: ExpressibleByArgument {
    /// Parses a value of `--drain-delay`.
    package init?(argument: String) { self.init(argument) }
}

extension HostName: ExpressibleByArgument {
    /// Parses a value of `--allowed-host`.
    package init?(argument: String) { self.init(given: argument) }
}

extension AllowedOrigin: ExpressibleByArgument {
    /// Parses a value of `--cors-origin`.
    package init?(argument: String) { self.init(argument) }
}

extension ArgumentHelp {
    /// The help of an option, with the name of its value.
    static func value(_ name: String, _ text: String) -> Self { ArgumentHelp(text, valueName: name) }
}

extension ValidationError {
    /// Checks that a number, if given, is 1 or more.
    static func check(_ subject: String, _ number: Int?) throws {
        if let number, number < 1 { throw ValidationError("\(subject) must be 1 or more, not \(number).") }
    }
}

extension ParsableArguments {
    func names(ofGiven options: KeyValuePairs<String, Any?>) -> [String] {
        options.compactMap { name, value in value == nil ? nil : name }
    }
}
