/// The status of a model's engine, as shown by `GET /v1/models`.
public enum EngineStatus: Sendable, Equatable {
    /// No process.
    case unloaded
    /// Starting, or loading the model.
    case loading
    /// Accepts jobs.
    case loaded
    /// The model cannot be loaded, and why.
    case failed(reason: String)

    init(_ state: EngineLifecycle.State) {
        switch state {
        case .stopped: self = .unloaded
        case .loading: self = .loading
        case .running: self = .loaded
        case .failed(let reason): self = .failed(reason: reason)
        }
    }
}
