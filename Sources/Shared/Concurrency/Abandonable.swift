public import Dispatch
import Synchronization

/// Makes a blocking call on a thread of its own and waits for its result. If the task is cancelled, the wait ends at once
/// and the call is left behind: a read of a pipe that nobody writes to, or of a file on a server that is gone, cannot be
/// ended otherwise.
///
/// - Parameters:
///   - queue: Where the call is made. With a queue of its own, calls of one owner stay in order.
///   - call: The call. What it holds may outlive the wait.
/// - Returns: What the call returns.
/// - Throws: What the call throws, or `CancellationError`.
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

/// A wait that ends once: with a result, or by cancellation, which may come before it begins.
private final class AbandonableWait<R: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<R, any Error>)
        case ended
    }

    private let state = Mutex(State.idle)

    /// - Returns: Whether there is something to wait for; not after a cancellation, which ends the wait here.
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
