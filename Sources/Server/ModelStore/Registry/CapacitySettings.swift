import Essentials

/// Limits of a server's load: admitted requests, models in memory; and how it stops. `nil` means not set.
package struct CapacitySettings: Sendable, Equatable {
    /// How long an unused model stays loaded.
    package var keepAlive: KeepAlive?
    /// How many models may be loaded at once.
    package var maximumLoadedModels: Int?
    /// How many requests may be admitted, running and waiting.
    package var maximumQueue: Int?
    /// How long the server goes on answering after it was asked to stop.
    package var drainDelay: DrainDelay?

    package init(
        keepAlive: KeepAlive? = nil, maximumLoadedModels: Int? = nil, maximumQueue: Int? = nil,
        drainDelay: DrainDelay? = nil
    ) {
        self.keepAlive = keepAlive
        self.maximumLoadedModels = maximumLoadedModels
        self.maximumQueue = maximumQueue
        self.drainDelay = drainDelay
    }

    /// Fills in the limits that are not set here from settings of lower precedence.
    package func or(_ other: Self) -> Self {
        Self(
            keepAlive: keepAlive ?? other.keepAlive,
            maximumLoadedModels: maximumLoadedModels ?? other.maximumLoadedModels,
            maximumQueue: maximumQueue ?? other.maximumQueue,
            drainDelay: drainDelay ?? other.drainDelay)
    }

    /// How many models may be loaded at once by default: the default model and two to compare with it. At some hundred
    /// megabytes each, they fit into a small machine's memory.
    package static let standardLoadedModels = 3

    /// How many requests may be admitted by default: a burst of dictations that two cores answer before the usual
    /// clients time out.
    package static let standardQueue = 64
}

/// How long an unused model stays loaded, as written in models.yaml and flags: `30s`, `15m`, `2h`, `0`, `never`.
package struct KeepAlive: Sendable, Equatable {
    /// The time without a request after which the model is unloaded; `nil` for never.
    package let duration: Duration?

    package init(_ duration: Duration?) {
        self.duration = duration
    }

    /// Parses a time. A bare number is in seconds; `0` unloads a model as soon as its last request has ended. `nil` for
    /// any other text.
    package init?(_ text: String) {
        if text == "never" {
            self.init(nil as Duration?)
        } else if let duration = HumanFormat.duration(text) {
            self.init(duration)
        } else {
            return nil
        }
    }

    /// The default: long enough for the pauses in a working day's dictation.
    package static let standard = Self(.seconds(15 * 60))

    package static let wanted = "a time such as 30s, 15m or 2h, 0, or never"
}
