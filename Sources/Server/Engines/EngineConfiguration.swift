public import ModelFamilies

/// The models that a pool keeps engines for, and their limits. One value for each state of the registry.
public struct EngineConfiguration: Sendable, Equatable {
    /// The models that may be loaded.
    public var models: Set<ModelSpecification>
    /// The name of the model whose engine is restarted at once when it dies, so that the next job finds it ready.
    public var stayingLoaded: String?
    /// Decode threads of each engine.
    public var threads: Int
    /// How long an engine may be idle before it is ended, except that of `stayingLoaded`; `nil` for no limit.
    public var keepAlive: Duration?
    /// How many engines may be in memory, not counting those that end with their last job.
    public var maximumLoaded: Int

    /// Describes the models and their limits.
    public init(
        models: Set<ModelSpecification>, stayingLoaded: String?, threads: Int, keepAlive: Duration?, maximumLoaded: Int
    ) {
        self.models = models
        self.stayingLoaded = stayingLoaded
        self.threads = threads
        self.keepAlive = keepAlive
        self.maximumLoaded = maximumLoaded
    }
}
