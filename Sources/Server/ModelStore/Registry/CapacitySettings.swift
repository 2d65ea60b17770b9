/// Limits of a server's load: admitted requests, models in memory. `nil` means not set.
public struct CapacitySettings: Sendable, Equatable {
    /// How long an unused model stays loaded.
    public var keepAlive: KeepAlive?
    /// How many models may be loaded at once.
    public var maximumLoadedModels: Int?
    /// How many requests may be admitted, running and waiting.
    public var maximumQueue: Int?

    /// Sets the limits.
    public init(keepAlive: KeepAlive? = nil, maximumLoadedModels: Int? = nil, maximumQueue: Int? = nil) {
        self.keepAlive = keepAlive
        self.maximumLoadedModels = maximumLoadedModels
        self.maximumQueue = maximumQueue
    }

    /// Fills in the limits that are not set here from settings of lower precedence.
    public func or(_ other: Self) -> Self {
        Self(
            keepAlive: keepAlive ?? other.keepAlive,
            maximumLoadedModels: maximumLoadedModels ?? other.maximumLoadedModels,
            maximumQueue: maximumQueue ?? other.maximumQueue)
    }

    /// How many models may be loaded at once by default: the default model and two to compare with it. At some hundred
    /// megabytes each, they fit into a small machine's memory.
    public static let standardLoadedModels = 3

    /// How many requests may be admitted by default: a burst of dictations that two cores answer before the usual
    /// clients time out.
    public static let standardQueue = 64
}
