import Essentials
import Synchronization

/// A value that several tasks wait for; each may give up on its own.
public final class OneShot<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiters: [UniqueID: CheckedContinuation<Value, any Error>] = [:]
    }

    private let state = Mutex(State())

    /// Nothing is known yet.
    public init() {}

    /// Gives the value, or the error, to all who wait and will wait. Later calls change nothing.
    public func resolve(_ result: Result<Value, any Error>) {
        let waiters = state.withLock { state in
            guard state.result == nil else { return [UniqueID: CheckedContinuation<Value, any Error>]() }
            state.result = result
            return exchange(&state.waiters, with: [:])
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    /// Whether the value is there.
    public var isResolved: Bool { state.withLock { $0.result != nil } }

    /// Waits for the value.
    ///
    /// - Throws: What it was resolved with, or `CancellationError`.
    public func value() async throws -> Value {
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

    /// Waits for the value, but not for ever.
    ///
    /// - Returns: `nil` if it did not come in time.
    public func value(within limit: Duration) async throws -> Value? {
        // At once if it is there: a limit that nobody waits for would lie in memory until its time.
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
