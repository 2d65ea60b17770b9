import Collections
import Dispatch
import Synchronization

/// Runs an actor on a queue of its own until the actor steps back behind others: from then on, on a thread of its own with
/// less priority. The thread ends with the actor.
///
/// The queue borrows threads that are there already. A thread costs as much as reading a short recording, but it is the only
/// thing that Linux gives a priority.
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

    /// Lets other threads go before this executor's from the next job on: where cores are short it gets a quarter of one.
    /// There is no way back (setpriority(2)). It stays where it is if the system has no thread left for it.
    public func lowerPriority() {
        jobs.withLock { jobs in
            guard jobs == nil else { return }
            let own = Jobs()
            let began = SystemThread.start { [queue, label] in
                SystemThread.name(label)
                SystemThread.lowerPriority()
                queue.sync {}  // what runs there now runs to its end
                while let job = own.next() { job() }
            }
            if began { jobs = own }
        }
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
