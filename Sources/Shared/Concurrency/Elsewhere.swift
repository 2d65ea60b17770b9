import Dispatch

/// Makes a blocking call, such as a file check, on another thread and waits for its result. Use it in tasks that share
/// an event loop with others.
///
/// - Parameter call: The call. It is made even if the task is cancelled.
/// - Returns: The result of the call.
public func elsewhere<R: Sendable>(_ call: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: call()) }
    }
}
