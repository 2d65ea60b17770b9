/// Lays the frames of a file on the recording's clock, which is that of the file's timestamps: where they have a gap, there
/// is silence. A value without I/O; times are in seconds.
///
/// No sound is ever left out: where timestamps go back, what follows is heard behind what came before.
struct AudioClock {
    /// Timestamps that are off by less are an encoder's delay, a container's rounding, or the clock of a recorder.
    static let tolerance = 0.1
    /// A frame that follows the one before it by less is no gap, however far the timestamps have drifted from the sound.
    static let smallestGap = 0.01
    /// Timestamps that go back so far begin anew.
    static let restart = 1.0
    /// The most silence that is made of gaps, in all.
    static let mostSilence = 6.0 * 3600

    /// Where the sound has come to.
    private(set) var position = 0.0
    /// Gaps that are not believed.
    private(set) var refusedGaps = 0

    /// The timestamp of the recording's beginning, once it is known.
    private var origin: Double?
    /// The timestamp at which the last frame ended.
    private var lastEnd: Double?
    private var madeSilence = 0.0
    private let longest: Double

    /// Begins a recording.
    ///
    /// - Parameters:
    ///   - origin: The timestamp of its beginning; `nil` if the first frame has it.
    ///   - longest: How long it may become by silence that is made.
    init(origin: Double?, longest: Double) {
        self.origin = origin
        self.longest = longest
    }

    /// Names the timestamp of the beginning, if nothing has yet: a pause may come before the first frame.
    mutating func begin(at timestamp: Double) {
        origin = origin ?? timestamp
    }

    /// Adds a frame.
    ///
    /// - Parameters:
    ///   - timestamp: When it begins; `nil` if the file does not tell: it then follows the one before.
    ///   - duration: How long it lasts.
    /// - Returns: How much silence is before it.
    mutating func add(at timestamp: Double?, lasting duration: Double) -> Double {
        let gap = timestamp.map { silence(before: $0) } ?? 0
        madeSilence += gap
        position += gap + duration
        lastEnd = (timestamp ?? lastEnd).map { $0 + duration }
        return gap
    }

    private mutating func silence(before timestamp: Double) -> Double {
        let place = timestamp - (origin ?? timestamp)
        let step = lastEnd.map { timestamp - $0 } ?? .infinity
        let gap = place - position
        let isBelieved = madeSilence + gap <= Self.mostSilence && position + gap <= longest
        if origin == nil || gap < -Self.restart || (gap > Self.tolerance && step > Self.smallestGap && !isBelieved) {
            if gap > 0 { refusedGaps += 1 }
            origin = timestamp - position
            return 0
        }
        return gap > Self.tolerance && step > Self.smallestGap ? gap : 0
    }
}
