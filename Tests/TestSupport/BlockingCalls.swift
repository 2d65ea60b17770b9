import Concurrency

/// Runs tests that compute for long or make blocking calls, one at a time on a thread of their own, so that they do not
/// delay tests with timeouts.
@globalActor public actor BlockingCalls {
    /// The shared instance.
    public static let shared = BlockingCalls()

    private let executor = QueueExecutor(label: "blocking calls of tests")
    /// The executor of the thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
}
