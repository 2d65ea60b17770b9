import ModelFamilies
import Synchronization

/// Lets the decodes of a model run side by side, or one after the other where they share a state.
final class DecodeTurns: Sendable {
    private let concurrency: DecodeConcurrency
    private let turn = Mutex(())

    init(_ concurrency: DecodeConcurrency) {
        self.concurrency = concurrency
    }

    /// Runs a decode, perhaps after waiting for others. Blocks meanwhile.
    func take<R: Sendable, Failure>(_ decode: () throws(Failure) -> R) throws(Failure) -> R {
        switch concurrency {
        case .any: try decode()
        case .one: try turn.withLock { _ throws(Failure) in try decode() }
        }
    }
}
