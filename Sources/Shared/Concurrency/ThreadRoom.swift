import Dispatch

/// How many threads the system lets this process start: users, services and containers have limits, which count processes
/// as well.
public enum ThreadRoom {
    /// What no program of ours runs with less: without a thread, Swift's runtime would wait for one and say nothing.
    public static let least = 8
    /// A server without engines has about twenty, and an engine as many. Where libraries get none they end the process.
    public static let server = 24
    /// See `server`.
    public static let engine = 24

    /// What to do about a lack of threads.
    public static let advice =
        "Raise the limit of processes: ulimit -u, TasksMax= of a service, or that of the container."
    /// What every message about a lack of threads begins with.
    public static let complaint = "The system lets this process start too few threads"

    /// Looks whether so many threads can be started.
    ///
    /// - Returns: `nil` if they can; else what is wrong and what to do.
    public static func lack(of needed: Int) -> String? {
        let count = possibleThreads(upTo: needed)
        return count >= needed ? nil : "\(complaint): \(count), and this takes \(needed). \(advice)"
    }

    /// Starts threads that do nothing, and ends them.
    ///
    /// - Parameter most: How many at most.
    /// - Returns: How many could be started.
    public static func possibleThreads(upTo most: Int) -> Int {
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
