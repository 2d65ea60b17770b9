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
    /// Gaps from this length on are none of a codec that leaves out pauses.
    static let longGap = 1.0
    /// Sound that is shorter and has a long gap on either side is scattered: no word is so short.
    static let shortestSound = 0.2
    /// Long gaps around scattered sound, one after the other, that are believed: more are timestamps that make no sense.
    static let mostScattered = 3
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
    private var soundSinceGap = 0.0
    private var scatteredGaps = 0
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

    /// Adds a frame.
    ///
    /// - Parameters:
    ///   - timestamp: When it begins; `nil` if the file does not tell: it then follows the one before.
    ///   - duration: How long it lasts.
    /// - Returns: How much silence is before it.
    mutating func add(at timestamp: Double?, lasting duration: Double) -> Double {
        let gap = timestamp.map { silence(before: $0) } ?? 0
        madeSilence += gap
        soundSinceGap += duration
        position += gap + duration
        lastEnd = (timestamp ?? lastEnd).map { $0 + duration }
        return gap
    }

    private mutating func silence(before timestamp: Double) -> Double {
        let place = timestamp - (origin ?? timestamp)
        let step = lastEnd.map { timestamp - $0 } ?? .infinity
        let gap = place - position
        let isGap = gap > Self.tolerance && step > Self.smallestGap
        if origin == nil || gap < -Self.restart || (isGap && !believes(gap)) {
            if isGap { refusedGaps += 1 }
            origin = timestamp - position
            return 0
        }
        return isGap ? gap : 0
    }

    private mutating func believes(_ gap: Double) -> Bool {
        scatteredGaps = gap >= Self.longGap && soundSinceGap < Self.shortestSound ? scatteredGaps + 1 : 0
        soundSinceGap = 0
        return scatteredGaps <= Self.mostScattered && madeSilence + gap <= Self.mostSilence && position + gap <= longest
    }
}
