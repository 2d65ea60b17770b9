import ArgumentParser
import Logging

/// The options of the server, the same for `asr2clip-serve` and `asr2clip --serve`. `nil` means not given.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to listen on. (default: 127.0.0.1, this machine only)", valueName: "address"))
    var host: String?

    @Option(
        help: ArgumentHelp("Port to listen on; 0 takes a free one and prints it. (default: 8000)", valueName: "port"))
    var port: Int?

    @OptionGroup var threads: ThreadOption

    @Option(
        name: .customLong("default-model"),
        help: ArgumentHelp("Model to load at the start. (default: the registry's default_model)", valueName: "name"))
    var defaultModel: String?

    @Option(
        name: .customLong("max-upload-size"),
        help: ArgumentHelp("Largest upload, such as 500M or 2G. (default: 1G)", valueName: "size"))
    var maximumUpload: ByteCount?

    @Option(
        name: .customLong("max-duration"),
        help: ArgumentHelp("Longest recording, such as 90s, 30m or 6h. (default: 6h)", valueName: "time"))
    var maximumDuration: TimeSpan?

    @Option(
        name: .customLong("model-wait"),
        help: ArgumentHelp(
            "How long a request waits for its model to be fetched or loaded. (default: 60s)", valueName: "time"))
    var modelWait: TimeSpan?

    @Option(
        name: .customLong("load-timeout"),
        help: ArgumentHelp(
            "How long a model may take to load, not counted the time to fetch it; then the load counts as crashed. "
                + "(default: 5m)", valueName: "time"))
    var loadTimeout: TimeSpan?

    @OptionGroup var capacity: CapacityOptions

    @Option(
        name: .customLong("engine-memory"),
        help: ArgumentHelp(
            "The most memory the engine of a model may take, such as 4G; Linux only. (default: what there is)",
            valueName: "size"))
    var engineMemory: ByteCount?

    @OptionGroup var access: AccessOptions
    @OptionGroup var connections: ConnectionOptions

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("How much to log on standard error. (default: info)", valueName: "level"))
    var logLevel: LogLevel?

    @Option(
        name: .customLong("log-format"),
        help: ArgumentHelp("How to log: text, or json with an object a line. (default: text)", valueName: "format"))
    var logFormat: LogFormat?

    func validate() throws {
        if let port, !(0...65535).contains(port) {
            throw ValidationError("The port \(port) is not from 0 to 65535.")
        }
    }

    /// The given options that apply only to a server.
    var given: [String] {
        let values: [(String, Any?)] = [
            ("--host", host), ("--port", port), ("--default-model", defaultModel), ("--max-upload-size", maximumUpload),
            ("--max-duration", maximumDuration), ("--model-wait", modelWait), ("--load-timeout", loadTimeout),
            ("--max-queue", capacity.maximumQueue),
            ("--keep-alive", capacity.keepAlive), ("--max-loaded-models", capacity.maximumLoadedModels),
            ("--engine-memory", engineMemory), ("--log-level", logLevel), ("--log-format", logFormat),
        ]
        return values.compactMap { name, value in value == nil ? nil : name } + access.given + connections.given
    }
}

/// `--log-level`, with the level names of swift-log.
struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }

    static var allValueStrings: [String] { Logger.Level.allCases.map(\.rawValue) }
}

extension LogFormat: ExpressibleByArgument {}
