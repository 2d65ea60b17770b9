package import Dispatch

/// Makes a blocking call on another thread and waits for its result. Tasks that share an event loop use it.
///
/// The call is made even if the task is cancelled.
package func elsewhere<R: Sendable>(_ call: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: call()) }
    }
}

/// Makes a blocking call on a queue and waits for its result. If the task is cancelled, the wait ends at once and the
/// call is abandoned, because some calls cannot be interrupted: a read of a pipe without a writer, or of a file on an
/// unreachable server. So the call, and what it captures, may outlive the wait. Calls on one serial queue stay in order.
package func abandonable<R: Sendable>(
    on queue: DispatchQueue = DispatchQueue(label: "blocking call"), _ call: @escaping @Sendable () throws -> R
) async throws -> R {
    try Task.checkCancellation()
    let result = OneShot<R>()
    queue.async { result.resolve(Result { try call() }) }
    return try await result.value()
}
