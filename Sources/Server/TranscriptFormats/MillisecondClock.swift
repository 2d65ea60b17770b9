/// Turns the times of a transcript into whole milliseconds that never decrease and stay inside the recording.
///
/// Rounding alone can push a segment's end past the duration, and a model's token times promise nothing.
struct MillisecondClock {
    /// The length of the recording.
    let end: Int
    private var now = 0

    init(duration: Duration) {
        end = max(0, duration.milliseconds)
    }

    /// The time, moved into what is left of the recording.
    ///
    /// - Parameters:
    ///   - time: The time wanted.
    ///   - step: The least number of milliseconds to go on by.
    ///   - rest: The number of milliseconds to leave for what comes after.
    /// - Returns: Milliseconds; `step` and `rest` give way where the recording leaves no room for them.
    mutating func advance(to time: Duration, atLeast step: Int = 0, leaving rest: Int = 0) -> Int {
        now = max(now, min(max(now + step, time.milliseconds), end - rest))
        return now
    }
}

extension Duration {
    /// The time in whole milliseconds, rounded to the nearest.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let half: Int64 = attoseconds < 0 ? -500_000_000_000_000 : 500_000_000_000_000
        return Int(seconds) * 1000 + Int((attoseconds + half) / 1_000_000_000_000_000)
    }
}
