/// Measures the recent rate of a download. Has no clock of its own.
struct TransferRate {
    private struct Moment {
        var time: ContinuousClock.Instant
        var received: Int64
    }

    /// Long enough to smooth out jumps, short enough to follow the line.
    private static let window = Duration.seconds(10)
    /// The shortest time between two samples.
    private static let step = Duration.milliseconds(200)
    /// The shortest time from which a rate is computed.
    private static let least = Duration.seconds(1)
    private var moments: [Moment] = []

    /// Adds a sample: the bytes received by now.
    mutating func add(_ received: Int64, at now: ContinuousClock.Instant) {
        // If there are fewer bytes than before, the download has started again.
        if let last = moments.last, received < last.received { moments = [] }
        if let last = moments.last, now - last.time < Self.step { return }
        moments.append(Moment(time: now, received: received))
        while moments.count > 2, now - moments[1].time >= Self.window { moments.removeFirst() }
    }

    /// Drops all samples: after a pause the old rate means nothing.
    mutating func reset() {
        moments = []
    }

    /// Bytes per second; `nil` if the samples span too short a time.
    func perSecond(at now: ContinuousClock.Instant) -> Double? {
        guard let first = moments.first, let last = moments.last, now - first.time >= Self.least else { return nil }
        return Double(last.received - first.received) / (now - first.time).inSeconds
    }
}
