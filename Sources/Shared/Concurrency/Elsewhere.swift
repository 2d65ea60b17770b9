import Dispatch

/// Makes a blocking call on another thread and waits for its result: looks at files, above all, for whoever runs on an event loop
/// that others are on.
///
/// - Parameter call: The call. It is made even if the task is cancelled.
/// - Returns: What the call returns.
public func elsewhere<R: Sendable>(_ call: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: call()) }
    }
}
