import Essentials

/// A model's recent speed: seconds of sound that it transcribes in a second in which it has work.
///
/// Work counts half after each further minute of work. A model that had one recording at a time is faster with several,
/// so the first estimates of a burst may be too long.
struct Throughput: Sendable, Equatable {
    private var sound: Double
    private var seconds: Double

    private static let halfLife = 60.0

    /// Starts with a guess that counts like ten seconds of work: ten times as fast as speech.
    init() {
        seconds = 10
        sound = seconds * 10
    }

    /// Adds the sound that was transcribed, in seconds, and how long the model had work since the last call.
    mutating func add(_ done: Double, in time: Duration) {
        let time = max(0, time / .seconds(1))
        let rest = exp2(-time / Self.halfLife)
        sound = sound * rest + done
        seconds = seconds * rest + time
    }

    /// How long so many seconds of sound take; a day at most, even if nothing was ever finished.
    func time(for waiting: Double) -> Duration {
        .seconds(min(waiting * seconds / max(sound, 0.001), 86_400))
    }
}
