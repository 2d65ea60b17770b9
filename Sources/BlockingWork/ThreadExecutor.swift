import Collections
import Dispatch
import Foundation
import Synchronization

/// Runs an actor on a thread of its own, which can step back behind others. The thread ends with the actor.
public final class ThreadExecutor: SerialExecutor {
    private let jobs = Jobs()

    /// Makes an executor and its thread; the label shows in debuggers.
    public init(label: String) {
        let thread = Thread { [jobs] in
            Thread.current.name = label
            while let job = jobs.next() { job() }
        }
        thread.start()
    }

    deinit {
        jobs.end()
    }

    /// Queues a job, for Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.add { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Lets other threads go before the one that calls this, the executor's, from now on: where cores are short it gets a
    /// quarter of one. There is no way back (setpriority(2)).
    public func stepBack() {
        #if os(Linux)
            // Linux counts niceness by thread; 5 is a third of the weight (sched(7)).
            _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 5)
        #else
            _ = pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0)
        #endif
    }
}

/// What a thread has to do.
private final class Jobs: Sendable {
    private let waiting = Mutex<Deque<@Sendable () -> Void>>([])
    private let available = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
        waiting.withLock { $0.append(job) }
        available.signal()
    }

    /// No job comes any more.
    func end() { available.signal() }

    /// Waits for the next job; `nil` at the end.
    func next() -> (@Sendable () -> Void)? {
        available.wait()
        return waiting.withLock { $0.popFirst() }
    }
}
