import CProcess
import Essentials

/// Starts threads, and reports if that fails, which Foundation's `Thread` does not.
public enum SystemThread {
    fileprivate final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs the body on a thread of its own, which ends with it.
    ///
    /// - Returns: `false` if the thread could not be started: the system limits the number of threads and the memory
    ///   for their stacks (pthread_create(3)).
    public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
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
    public static func lowerPriority() {
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
