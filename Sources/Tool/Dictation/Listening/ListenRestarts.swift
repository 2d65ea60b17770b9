/// Decides whether and when to restart a listening process that has ended. Does no I/O.
///
/// A restarting sound server is back within a second. A device that is not back by then is gone.
struct ListenRestarts {
    private static let pauses: [Duration] = [.zero, .milliseconds(300), .seconds(1)]
    /// If a process has heard this much sound, its end does not count with the failures before it.
    private static let recovery = Duration.seconds(10)
    private var failures = 0

    /// Counts the end of a process.
    ///
    /// - Parameter heard: How much sound the process delivered.
    /// - Returns: How long to wait before starting another; `nil` to give up.
    mutating func pause(after heard: Duration) -> Duration? {
        if heard >= Self.recovery { failures = 0 }
        defer { failures += 1 }
        return failures < Self.pauses.count ? Self.pauses[failures] : nil
    }
}
