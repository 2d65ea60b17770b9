import Essentials

/// How fast a model works, judged by what it did lately: bytes of recordings for each second that it had work.
///
/// Bytes, because how long a recording is shows only in the engine. What was done counts half after each minute of work.
struct Throughput: Sendable, Equatable {
    private var bytes: Double
    private var seconds: Double

    private static let halfLife = 60.0

    /// Begins with a guess that counts like ten seconds of work: ten times as fast as speech, sent as 16-bit samples.
    init() {
        seconds = 10
        bytes = seconds * 10 * 32_000
    }

    /// Counts work.
    ///
    /// - Parameters:
    ///   - done: The bytes of the recordings that were finished.
    ///   - time: How long the model had work since the last count.
    mutating func add(_ done: Int, in time: Duration) {
        let time = max(0, time / .seconds(1))
        let rest = exp2(-time / Self.halfLife)
        bytes = bytes * rest + Double(done)
        seconds = seconds * rest + time
    }

    /// How long it takes to work through these bytes; a day at most, also where nothing was ever finished.
    func time(for waiting: Int) -> Duration {
        .seconds(min(Double(waiting) * seconds / max(bytes, 1), 86_400))
    }
}
