public import Dispatch
import Synchronization

/// Makes a blocking call on a thread of its own and waits for its result. If the task is cancelled, the wait ends at
/// once and the call is abandoned, because some calls cannot be interrupted: a read of a pipe without a writer, or of a
/// file on an unreachable server.
///
/// - Parameters:
///   - queue: The queue for the call. Calls on one serial queue stay in order.
///   - call: The call. It, and what it captures, may outlive the wait.
/// - Returns: The result of the call.
/// - Throws: The error of the call, or `CancellationError`.
public func abandonable<R: Sendable>(
    on queue: DispatchQueue = DispatchQueue(label: "blocking call"), _ call: @escaping @Sendable () throws -> R
) async throws -> R {
    let wait = AbandonableWait<R>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            guard wait.begin(continuation) else { return }
            queue.async { wait.end(Result { try call() }) }
        }
    } onCancel: {
        wait.end(.failure(CancellationError()))
    }
}

/// A wait that ends once: with a result, or by cancellation, which may occur before it begins.
private final class AbandonableWait<R: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<R, any Error>)
        case ended
    }

    private let state = Mutex(State.idle)

    /// - Returns: Whether to make the call; `false` if already cancelled, in which case the continuation has been
    ///   resumed.
    func begin(_ continuation: CheckedContinuation<R, any Error>) -> Bool {
        let isCancelled = state.withLock { state in
            if case .ended = state { return true }
            state = .waiting(continuation)
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        return !isCancelled
    }

    func end(_ result: Result<R, any Error>) {
        let waiting = state.withLock { state in
            defer { state = .ended }
            if case .waiting(let continuation) = state { return Optional(continuation) }
            return nil
        }
        waiting?.resume(with: result)
    }
}
