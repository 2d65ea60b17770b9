import Concurrency

/// Where tests compute for long or make calls that block: on a thread of their own, one at a time, so that tests which
/// wait for something to happen in time are not held up.
@globalActor public actor BlockingCalls {
    /// The only one.
    public static let shared = BlockingCalls()

    private let executor = QueueExecutor(label: "blocking calls of tests")
    /// Runs on the thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
}
