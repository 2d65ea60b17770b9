import APIServer
import ArgumentParser

/// The limits on connections and uploads.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .customLong("max-connections"),
        help: ArgumentHelp("Most connections at a time; more are answered 503. (default: 1024)", valueName: "number"))
    var maximum: Int?

    @Option(
        name: .customLong("header-timeout"),
        help: ArgumentHelp("How long the head of a request may take. (default: 15s)", valueName: "time"))
    var headTime: TimeSpan?

    @Option(
        name: .customLong("idle-timeout"),
        help: ArgumentHelp("How long a connection may be silent between requests. (default: 75s)", valueName: "time"))
    var idleTime: TimeSpan?

    @Option(
        name: .customLong("min-upload-rate"),
        help: ArgumentHelp(
            "Bytes a second below which an upload is ended, on the average of a minute. (default: 500)",
            valueName: "bytes"))
    var minimumRate: ByteCount?

    /// Hidden: lets tests wait less than a minute.
    @Option(name: .customLong("upload-rate-window"), help: .hidden)
    var rateWindow: TimeSpan?

    func validate() throws {
        if let maximum, maximum < 1 {
            throw ValidationError("--max-connections must be 1 or more, not \(maximum).")
        }
    }

    /// The options that were given.
    var given: [String] {
        let values: [(String, Any?)] = [
            ("--max-connections", maximum), ("--header-timeout", headTime), ("--idle-timeout", idleTime),
            ("--min-upload-rate", minimumRate),
        ]
        return values.compactMap { name, value in value == nil ? nil : name }
    }

    /// The limits, with defaults for the options that were not given.
    var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        if let maximum { limits.maximum = maximum }
        if let headTime { limits.headTime = headTime.duration }
        if let idleTime { limits.idleTime = idleTime.duration }
        if let minimumRate { limits.minimumRate = minimumRate.bytes }
        if let rateWindow { limits.rateWindow = rateWindow.duration }
        return limits
    }
}
