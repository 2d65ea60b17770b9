import Dispatch

/// Runs an actor on a thread of its own, so that its blocking calls hold up nobody on Swift's shared pool.
public final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes an executor; the label shows in debuggers.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// For the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
