import Essentials
import Collections
import Synchronization

/// A semaphore whose waits can be cancelled; first in, first out.
final class AsyncSemaphore: Sendable {
    /// A permit, returned when the object is released.
    final class Permit: Sendable {
        private let permits: AsyncSemaphore

        fileprivate init(_ permits: AsyncSemaphore) {
            self.permits = permits
        }

        deinit {
            permits.giveBack()
        }
    }

    private struct State {
        var free: Int
        var waiting: OrderedDictionary<UniqueID, CheckedContinuation<Void, any Error>> = [:]
    }

    private let state: Mutex<State>

    /// Has `count` permits, at least one.
    init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
    }

    /// How many tasks wait for a permit.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Waits for a permit.
    ///
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    func take() async throws -> Permit {
        let id = UniqueID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (place: CheckedContinuation<Void, any Error>) in
                let decided = state.withLock { state -> Result<Void, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.free > 0 else {
                        state.waiting[id] = place
                        return nil
                    }
                    state.free -= 1
                    return .success(())
                }
                if let decided { place.resume(with: decided) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
        return Permit(self)
    }

    private func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().value
        }
        next?.resume()
    }
}
