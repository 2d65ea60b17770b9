import CProcess
import Dispatch
import Essentials

/// Starts threads, and reports if that fails, which Foundation's `Thread` does not.
package enum SystemThread {
    fileprivate final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs the body on a thread of its own, which ends with it.
    ///
    /// - Returns: `false` if the thread could not be started: the system limits the number of threads and the memory
    ///   for their stacks (pthread_create(3)).
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let began = pthread_create(&thread, &attributes, runSystemThread, work.toOpaque()) == 0
        if !began { work.release() }
        return began
    }

    /// Names the calling thread, for debuggers. Linux keeps the first 15 bytes.
    static func name(_ name: String) {
        #if os(Linux)
            _ = asr_name_thread(name)
        #else
            _ = pthread_setname_np(name)
        #endif
    }

    /// Lowers the priority of the calling thread. This cannot be undone (setpriority(2)).
    static func lowerPriority() {
        #if os(Linux)
            // On Linux, niceness is per thread; 5 is a third of the weight (sched(7)).
            _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 5)
        #else
            _ = pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0)
        #endif
    }
}

/// Not a closure, because Swift 6.3.1 crashes on it.
private func runSystemThread(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let work { Unmanaged<SystemThread.Work>.fromOpaque(work).takeRetainedValue().body() }
    return nil
}

/// How many threads the system lets this process start. Users, services and containers have limits, which count
/// processes as well.
package enum ThreadRoom {
    /// The fewest threads that any of our programs needs: without a free thread, Swift's runtime would wait for one
    /// silently.
    package static let least = 8
    /// A server without engines has about twenty threads, and so has an engine. Libraries end the process if they get
    /// none.
    package static let server = 24
    package static let engine = 24

    /// What to do if there are too few threads.
    package static let advice =
        "Raise the limit of processes: ulimit -u, TasksMax= of a service, or that of the container."
    /// The beginning of every message about too few threads.
    package static let complaint = "The system lets this process start too few threads"

    /// Says what is wrong and what to do if this many threads cannot be started; `nil` if they can.
    package static func lack(of needed: Int) -> String? {
        let count = possibleThreads(upTo: needed)
        return count >= needed ? nil : "\(complaint): \(count), and this takes \(needed). \(advice)"
    }

    /// Starts up to `most` threads that do nothing, ends them, and returns how many could be started.
    package static func possibleThreads(upTo most: Int) -> Int {
        let end = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        var count = 0
        while count < most,
            SystemThread.start({
                end.wait()
                ended.signal()
            })
        { count += 1 }
        for _ in 0..<count { end.signal() }
        for _ in 0..<count { ended.wait() }
        return count
    }
}
