public import ModelFamilies

/// The models that a pool keeps engines for, and how. One value for each state of the registry.
public struct EngineConfiguration: Sendable, Equatable {
    /// All that may be loaded.
    public var models: Set<ModelSpecification>
    /// The name of the one whose engine is started again at once when it dies, for the next job to find it ready.
    public var stayingLoaded: String?
    /// Threads that decode in each engine.
    public var threads: Int
    /// How long an engine may be idle, that of `stayingLoaded` excepted; `nil` for ever.
    public var keepAlive: Duration?
    /// How many engines may be in memory, not counted those that end with their last job.
    public var maximumLoaded: Int

    /// Names the models.
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
