import ModelFamilies
import Synchronization

/// Runs the decodes of a model in parallel, or one at a time if they share state.
final class DecodeTurns: Sendable {
    private let concurrency: DecodeConcurrency
    private let turn = Mutex(())

    init(_ concurrency: DecodeConcurrency) {
        self.concurrency = concurrency
    }

    /// Runs a decode. Blocks, also while it waits for other decodes.
    func take<R: Sendable, Failure>(_ decode: () throws(Failure) -> R) throws(Failure) -> R {
        switch concurrency {
        case .any: try decode()
        case .one: try turn.withLock { _ throws(Failure) in try decode() }
        }
    }
}
