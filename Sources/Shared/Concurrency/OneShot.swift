import Essentials
import Synchronization

/// A value that several tasks can wait for; each wait can be cancelled separately.
package final class OneShot<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiters: [UniqueID: CheckedContinuation<Value, any Error>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Resolves all present and future waits. Later calls have no effect.
    package func resolve(_ result: Result<Value, any Error>) {
        let waiters = state.withLock { state in
            guard state.result == nil else { return [UniqueID: CheckedContinuation<Value, any Error>]() }
            state.result = result
            return exchange(&state.waiters, with: [:])
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    package var isResolved: Bool { state.withLock { $0.result != nil } }

    /// Waits for the value.
    ///
    /// - Throws: The error it was resolved with, or `CancellationError`.
    package func value() async throws -> Value {
        let id = UniqueID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known = state.withLock { state -> Result<Value, any Error>? in
                    if let result = state.result { return result }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits for the value, up to a limit; `nil` after that.
    package func value(within limit: Duration) async throws -> Value? {
        // If it is resolved, return without a timer, which would stay in memory until its time.
        if let result = state.withLock({ $0.result }) { return try result.get() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await self.value() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

extension OneShot<Void> {
    package func resolve() { resolve(.success(())) }
}
