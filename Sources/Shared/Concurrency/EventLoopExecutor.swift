public import NIOCore
import NIOPosix

/// Runs tasks on an event loop, beside the connections that it has. They must not block it.
///
/// What goes on between reading, decoding and writing is little; a change of thread costs some 50 µs, and with threads of
/// Swift's own a short recording would have ten more of them.
public final class EventLoopExecutor: TaskExecutor {
    /// Where the tasks run.
    public let eventLoop: any EventLoop

    /// Uses one of the process's event loops, which nobody has to shut down.
    public init() {
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    }

    /// Queues a job, for Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
