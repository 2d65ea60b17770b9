/// When another process is started for one that does not listen any more. Does no I/O.
///
/// A sound server that starts anew takes a second to come back. A device that is not back then is gone.
struct ListenRestarts {
    private static let pauses: [Duration] = [.zero, .milliseconds(300), .seconds(1)]
    /// A process that listened for so long ended for a reason of its own.
    private static let recovery = Duration.seconds(10)
    private var failures = 0

    /// Takes the end of a process.
    ///
    /// - Parameter heard: How much sound came of it.
    /// - Returns: How long to wait before another is started; `nil` if none is to be.
    mutating func pause(after heard: Duration) -> Duration? {
        if heard >= Self.recovery { failures = 0 }
        defer { failures += 1 }
        return failures < Self.pauses.count ? Self.pauses[failures] : nil
    }
}
