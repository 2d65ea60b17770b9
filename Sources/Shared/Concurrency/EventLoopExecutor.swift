public import NIOCore
import NIOPosix

/// Runs tasks on an event loop, beside its connections. The tasks must not block.
///
/// The work between reading, decoding and writing is small, and a thread switch costs some 50 µs. On Swift's own
/// threads, a short recording would need ten more of them.
public final class EventLoopExecutor: TaskExecutor {
    /// The event loop of the tasks.
    public let eventLoop: any EventLoop

    /// Uses an event loop of the process-wide group, which needs no shutdown.
    public init() {
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    }

    /// Queues a job, for Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
