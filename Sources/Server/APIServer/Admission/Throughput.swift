import Essentials

/// A model's recent speed: bytes of recordings per second in which it had work.
///
/// Bytes, because only the engine knows how long a recording is. Work counts half after each further minute of work.
struct Throughput: Sendable, Equatable {
    private var bytes: Double
    private var seconds: Double

    private static let halfLife = 60.0

    /// Starts with a guess that counts like ten seconds of work: ten times as fast as speech in 16-bit samples.
    init() {
        seconds = 10
        bytes = seconds * 10 * 32_000
    }

    /// Adds work.
    ///
    /// - Parameters:
    ///   - done: The bytes of the recordings that were finished.
    ///   - time: How long the model had work since the last call.
    mutating func add(_ done: Int, in time: Duration) {
        let time = max(0, time / .seconds(1))
        let rest = exp2(-time / Self.halfLife)
        bytes = bytes * rest + Double(done)
        seconds = seconds * rest + time
    }

    /// How long these bytes take; a day at most, even if nothing was ever finished.
    func time(for waiting: Int) -> Duration {
        .seconds(min(Double(waiting) * seconds / max(bytes, 1), 86_400))
    }
}
