import Hummingbird
import NIOCore

/// What belongs to one request of the parent.
struct EngineContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The thread of the connection, for tasks.
    let executor: EventLoopExecutor

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        executor = EventLoopExecutor(source.channel.eventLoop)
    }
}

/// Runs tasks on an event loop. They must not block it.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Queues a job, for Swift's runtime.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
