package import NIOCore
import NIOPosix

/// Runs tasks on an event loop, beside its connections. The tasks must not block.
///
/// The work between reading, decoding and writing is small, and a thread switch costs some 50 µs. On Swift's own
/// threads, a short recording would need ten more of them.
package final class EventLoopExecutor: TaskExecutor {
    /// An event loop of the process-wide group, which needs no shutdown.
    package let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// The continuous clock, with sleeps scheduled on the event loop of the sleeping tasks: no other thread is involved.
package struct EventLoopClock: Clock {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    package var now: ContinuousClock.Instant { .now }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        let awakening = eventLoop.scheduleTask(in: TimeAmount(max(.zero, deadline - now))) {}
        do {
            try await withTaskCancellationHandler {
                try await awakening.futureResult.get()
            } onCancel: {
                awakening.cancel()
            }
        } catch {
            throw CancellationError()
        }
    }
}
