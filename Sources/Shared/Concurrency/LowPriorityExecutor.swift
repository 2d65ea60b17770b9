import Collections
import Dispatch
import Synchronization

/// Runs an actor on a dispatch queue until `lowerPriority()`; after that, on a thread of its own with lower priority.
/// The thread ends with the actor.
///
/// The queue reuses threads that exist already. Starting a thread costs as much as reading a short recording, but Linux
/// sets priorities for threads only.
public final class LowPriorityExecutor: SerialExecutor {
    private let label: String
    private let queue: DispatchQueue
    private let jobs = Mutex<Jobs?>(nil)

    /// Makes an executor; the label shows in debuggers.
    public init(label: String) {
        self.label = label
        queue = DispatchQueue(label: label)
    }

    deinit {
        jobs.withLock { $0?.end() }
    }

    /// Queues a job, for Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let work: @Sendable () -> Void = { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        jobs.withLock { jobs in
            if let jobs { jobs.add(work) } else { queue.async(execute: work) }
        }
    }

    /// Lowers the priority from the next job on: if cores are scarce, the thread gets a quarter of one. This cannot be
    /// undone (setpriority(2)). If the system cannot start another thread, nothing changes.
    public func lowerPriority() {
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

/// The jobs of a thread.
private final class Jobs: Sendable {
    private let waiting = Mutex<Deque<@Sendable () -> Void>>([])
    private let available = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
        waiting.withLock { $0.append(job) }
        available.signal()
    }

    /// No more jobs will be added.
    func end() { available.signal() }

    /// Waits for the next job; `nil` at the end.
    func next() -> (@Sendable () -> Void)? {
        available.wait()
        return waiting.withLock { $0.popFirst() }
    }
}
