/// Places the frames of a file in time by their timestamps, and fills gaps with silence. It never drops audio: if
/// timestamps go back, the audio follows what came before. Times are in seconds.
struct AudioClock {
    /// Smaller offsets are an encoder's delay, a container's rounding, or a recorder's clock.
    private static let tolerance = 0.1
    /// A frame closer than this to the previous one follows no gap, however far the timestamps have drifted.
    private static let smallestGap = 0.01
    /// Timestamps that go back by more are a restart.
    static let restart = 1.0
    /// Gaps from this length on are not from a codec that leaves out pauses.
    private static let longGap = 1.0
    /// Shorter audio between two long gaps is scattered: no word is so short.
    private static let shortestSound = 0.2
    /// How many long gaps in a row around scattered audio are accepted; more mean that the timestamps are wrong.
    private static let mostScattered = 3
    /// The most silence to insert in total.
    static let mostSilence = 6.0 * 3600

    /// The length of the audio so far.
    private(set) var position = 0.0
    /// How many gaps were not accepted.
    private(set) var refusedGaps = 0

    private var origin: Double?
    /// The timestamp at which the last frame ended.
    private var lastEnd: Double?
    private var madeSilence = 0.0
    private var soundSinceGap = 0.0
    private var scatteredGaps = 0
    private let longest: Double

    /// Begins at the timestamp `origin`, or `nil` for that of the first frame; fills gaps up to the length `longest`.
    init(origin: Double?, longest: Double) {
        self.origin = origin
        self.longest = longest
    }

    /// Adds a frame, and returns the length of silence before it. Without a timestamp, it follows the previous one.
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
