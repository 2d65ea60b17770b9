import Synchronization

/// What has become of the engines of a model since the server started.
public struct EngineCounts: Sendable, Equatable {
    /// How often the model was loaded, after crashes too.
    public var loads = 0
    /// How often an engine was ended because it was idle, had to make room, or was retired.
    public var unloads = 0
    /// How often an engine ended although nobody wanted that, while it loaded too.
    public var deaths = 0
}

/// Counts what becomes of engines, by the names of their models.
final class EngineTally: Sendable {
    private let counts = Mutex([String: EngineCounts]())

    /// All that was counted.
    var all: [String: EngineCounts] { counts.withLock { $0 } }

    /// What was counted of a model.
    func counts(of model: String) -> EngineCounts {
        counts.withLock { $0[model] ?? EngineCounts() }
    }

    /// Counts something once more.
    func add(_ event: WritableKeyPath<EngineCounts, Int>, of model: String) {
        counts.withLock { $0[model, default: EngineCounts()][keyPath: event] += 1 }
    }
}
