import ArgumentParser
import ModelStore

/// The limits of the server's load. `nil` means not given.
struct CapacityOptions: ParsableArguments {
    @Option(
        name: .customLong("max-queue"),
        help: ArgumentHelp(
            "Requests in hand, running and waiting; more are answered 429. "
                + "(default: $ASR2CLIP_MAX_QUEUE, else the registry's, else \(CapacitySettings.standardQueue))",
            valueName: "number"))
    var maximumQueue: Int?

    @Option(
        name: .customLong("keep-alive"),
        help: ArgumentHelp(
            "How long models other than the default one stay loaded unused: 30s, 15m, 2h, 0 or never. "
                + "(default: $ASR2CLIP_KEEP_ALIVE, else the registry's, else 15m)", valueName: "time"))
    var keepAlive: KeepAliveTime?

    @Option(
        name: .customLong("max-loaded-models"),
        help: ArgumentHelp(
            "Models in memory at once. (default: $ASR2CLIP_MAX_LOADED_MODELS, else the registry's, else "
                + "\(CapacitySettings.standardLoadedModels))", valueName: "number"))
    var maximumLoadedModels: Int?

    func validate() throws {
        if let maximumQueue, maximumQueue < 1 {
            throw ValidationError("The number of requests in hand must be 1 or more, not \(maximumQueue).")
        }
        if let maximumLoadedModels, maximumLoadedModels < 1 {
            throw ValidationError("The number of loaded models must be 1 or more, not \(maximumLoadedModels).")
        }
    }

    /// The settings from flags and environment; the registry has the rest.
    ///
    /// - Throws: `Failure` if a variable is not a valid value of its flag.
    func settings(environment: [String: String]) throws(Failure) -> CapacitySettings {
        CapacitySettings(
            keepAlive: try Self.value(
                keepAlive?.value, or: "ASR2CLIP_KEEP_ALIVE", in: environment, wanted: KeepAlive.wanted
            ) { KeepAlive($0) },
            maximumLoadedModels: try Self.value(
                maximumLoadedModels, or: "ASR2CLIP_MAX_LOADED_MODELS", in: environment, wanted: Self.wantedCount,
                Self.count),
            maximumQueue: try Self.value(
                maximumQueue, or: "ASR2CLIP_MAX_QUEUE", in: environment, wanted: Self.wantedCount, Self.count))
    }

    private static let wantedCount = "a whole number above 0"

    private static func count(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

    /// The value of a flag, or else of a variable; an empty variable counts as unset.
    private static func value<Value>(
        _ flag: Value?, or name: String, in environment: [String: String], wanted: String, _ read: (String) -> Value?
    ) throws(Failure) -> Value? {
        if let flag { return flag }
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let value = read(text) else { throw Failure("\(name) is '\(text)'; set it to \(wanted).") }
        return value
    }
}

/// `--keep-alive`.
struct KeepAliveTime: ExpressibleByArgument {
    let value: KeepAlive

    init?(argument: String) {
        guard let value = KeepAlive(argument) else { return nil }
        self.value = value
    }
}
