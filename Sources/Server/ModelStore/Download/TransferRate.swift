/// Tells how fast bytes have been arriving lately. Has no clock of its own.
struct TransferRate {
    private struct Moment {
        var time: ContinuousClock.Instant
        var received: Int64
    }

    /// Old enough to even out the jumps, young enough to follow the line.
    private static let window = Duration.seconds(10)
    /// Moments closer than this say the same.
    private static let step = Duration.milliseconds(200)
    /// With less to look back on there is no telling.
    private static let least = Duration.seconds(1)
    private var moments: [Moment] = []

    /// Takes note of how much has arrived by now.
    mutating func add(_ received: Int64, at now: ContinuousClock.Instant) {
        // Less than before means that the download began anew.
        if let last = moments.last, received < last.received { moments = [] }
        if let last = moments.last, now - last.time < Self.step { return }
        moments.append(Moment(time: now, received: received))
        while moments.count > 2, now - moments[1].time >= Self.window { moments.removeFirst() }
    }

    /// Forgets what was: after a pause the old rate means nothing.
    mutating func reset() {
        moments = []
    }

    /// Bytes a second; `nil` while there is too little to tell.
    func perSecond(at now: ContinuousClock.Instant) -> Double? {
        guard let first = moments.first, let last = moments.last, now - first.time >= Self.least else { return nil }
        return Double(last.received - first.received) / (now - first.time).inSeconds
    }
}
