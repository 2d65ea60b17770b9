/// How much a server takes on: requests in hand, models in memory. `nil` means not said.
public struct CapacitySettings: Sendable, Equatable {
    /// How long a model that nobody uses stays loaded.
    public var keepAlive: KeepAlive?
    /// How many models may be loaded at once.
    public var maximumLoadedModels: Int?
    /// How many requests may be in hand, running and waiting.
    public var maximumQueue: Int?

    /// Says what is said.
    public init(keepAlive: KeepAlive? = nil, maximumLoadedModels: Int? = nil, maximumQueue: Int? = nil) {
        self.keepAlive = keepAlive
        self.maximumLoadedModels = maximumLoadedModels
        self.maximumQueue = maximumQueue
    }

    /// Takes what is not said here from settings that count for less.
    public func or(_ other: Self) -> Self {
        Self(
            keepAlive: keepAlive ?? other.keepAlive,
            maximumLoadedModels: maximumLoadedModels ?? other.maximumLoadedModels,
            maximumQueue: maximumQueue ?? other.maximumQueue)
    }

    /// How many models may be loaded at once unless somebody says: the default one and two that are compared with it. At
    /// some hundred megabytes each they fit into a small machine's memory.
    public static let standardLoadedModels = 3

    /// How many requests may be in hand unless somebody says: a burst of dictations that two cores answer before usual
    /// clients lose patience.
    public static let standardQueue = 64
}
