public import SpeechRecognition

/// The models that a pool keeps engines for, and how. One value for each state of the registry.
public struct ServedModels: Sendable, Equatable {
    /// All that may be loaded.
    public var models: Set<ModelSpecification>
    /// The name of the one whose engine is started again at once when it dies, for the next job to find it ready.
    public var stayingLoaded: String?
    /// Threads that decode in each engine.
    public var threads: Int

    /// Names the models.
    public init(models: Set<ModelSpecification>, stayingLoaded: String?, threads: Int) {
        self.models = models
        self.stayingLoaded = stayingLoaded
        self.threads = threads
    }
}
