import Dispatch

/// How many threads the system lets this process start. Users, services and containers have limits, which count
/// processes as well.
public enum ThreadRoom {
    /// The fewest threads that any of our programs needs: without a free thread, Swift's runtime would wait for one
    /// silently.
    public static let least = 8
    /// A server without engines has about twenty threads, and so has an engine. Libraries end the process if they get
    /// none.
    public static let server = 24
    /// See `server`.
    public static let engine = 24

    /// What to do if there are too few threads.
    public static let advice =
        "Raise the limit of processes: ulimit -u, TasksMax= of a service, or that of the container."
    /// The beginning of every message about too few threads.
    public static let complaint = "The system lets this process start too few threads"

    /// Checks whether this many threads can be started.
    ///
    /// - Returns: `nil` if they can; otherwise what is wrong and what to do.
    public static func lack(of needed: Int) -> String? {
        let count = possibleThreads(upTo: needed)
        return count >= needed ? nil : "\(complaint): \(count), and this takes \(needed). \(advice)"
    }

    /// Starts threads that do nothing, and ends them.
    ///
    /// - Parameter most: The number to try.
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
