/// Turns the times of a transcript into whole milliseconds that never decrease and stay within the recording.
///
/// Rounding alone can move a segment's end beyond the duration, and a model's token times are not reliable.
struct MillisecondClock {
    /// The length of the recording in milliseconds.
    let end: Int
    private var now = 0

    init(duration: Duration) {
        end = max(0, duration.milliseconds)
    }

    /// Moves a time into the rest of the recording, and returns its milliseconds. Advances at least a `step`, and leaves
    /// the `rest` for later times, if the recording has room for them.
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
