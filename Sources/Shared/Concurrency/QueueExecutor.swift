import Dispatch

/// Runs an actor on a queue of its own, so its blocking calls do not occupy Swift's shared threads.
public final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes an executor; the label shows in debuggers.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs other work on the queue, after the actor's current job.
    public func run(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }

    /// Queues a job, for Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
