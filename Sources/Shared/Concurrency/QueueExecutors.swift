import Collections
import Dispatch
import Synchronization

/// Runs an actor on a queue of its own, so its blocking calls do not occupy Swift's shared threads.
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(label: String) { queue = DispatchQueue(label: label) }

    /// Runs other work on the queue, after the actor's current job.
    package func run(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// Runs an actor on a dispatch queue until `lowerPriority()`; after that, on a thread of its own with lower priority.
/// The thread ends with the actor.
///
/// The queue reuses threads that exist already. Starting a thread costs as much as reading a short recording, but Linux
/// sets priorities for threads only.
package final class LowPriorityExecutor: SerialExecutor {
    private let label: String
    private let queue: DispatchQueue
    private let jobs = Mutex<Jobs?>(nil)

    package init(label: String) {
        self.label = label
        queue = DispatchQueue(label: label)
    }

    deinit { jobs.withLock { $0?.end() } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let work: @Sendable () -> Void = { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        jobs.withLock { jobs in
            if let jobs { jobs.add(work) } else { queue.async(execute: work) }
        }
    }

    /// Lowers the priority from the next job on: if cores are scarce, the thread gets a quarter of one. This cannot be
    /// undone (setpriority(2)). If the system cannot start another thread, nothing changes.
    package func lowerPriority() {
        jobs.withLock { jobs in
            guard jobs == nil else { return }
            let own = Jobs()
            let began = SystemThread.start { [queue, label] in
                SystemThread.name(label)
                SystemThread.lowerPriority()
                queue.sync {}  // waits for the job that runs there now
                while let job = own.next() { job() }
            }
            if began { jobs = own }
        }
    }
}

private final class Jobs: Sendable {
    private let waiting = Mutex<Deque<@Sendable () -> Void>>([])
    private let available = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
        waiting.withLock { $0.append(job) }
        available.signal()
    }

    func end() { available.signal() }

    func next() -> (@Sendable () -> Void)? {
        available.wait()
        return waiting.withLock { $0.popFirst() }
    }
}
