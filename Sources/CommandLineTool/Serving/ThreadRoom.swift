import BlockingWork
import Dispatch
import Engine
import Logging

/// How many threads the system lets this process start: users, services and containers have limits, which count processes
/// as well.
enum ThreadRoom {
    /// What no program of ours runs with less: without a thread, Swift's runtime would wait for one and say nothing.
    static let least = 8
    /// A server without engines has about twenty, and an engine as many. Where libraries get none they end the process.
    static let server = 24
    static let engine = 24
    private static let comfortable = 64

    private static let advice =
        "Raise the limit of processes: ulimit -u, TasksMax= of a service, or that of the container."

    /// Makes sure that there is room for so many threads.
    ///
    /// - Throws: `Failure`.
    static func check(for needed: Int) throws(Failure) {
        let count = possibleThreads(upTo: needed)
        guard count >= needed else {
            throw Failure("\(EngineCommand.lackOfThreads): \(count), and this takes \(needed). \(advice)")
        }
    }

    /// Makes sure that a server can run; if there is little room for engines, the log says so.
    ///
    /// - Throws: `Failure`.
    static func checkServer(logger: Logger) throws(Failure) {
        try check(for: server)
        let count = possibleThreads(upTo: comfortable)
        if count < comfortable {
            logger.warning(
                "There is room for few threads, so that engines may not start. \(advice)",
                metadata: ["threads": "\(count)"])
        }
    }

    /// Starts threads that do nothing, and ends them.
    static func possibleThreads(upTo most: Int) -> Int {
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
