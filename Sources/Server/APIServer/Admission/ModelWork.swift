import Essentials
import SpeechTypes

/// The admitted requests of one model: how much sound they have left, and how long that takes. Does no I/O and reads no
/// clock.
struct ModelWork: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Request {
        let bytes: Int
        let format: RecordingFormat
        /// The length of the recording in seconds, if its engine has told it.
        var length: Double?
        /// How far the text has come, in seconds of sound.
        var heard = 0.0
        /// Whether the engine has it; otherwise it waits for the model.
        var hasBegun = false
    }

    private var requests: [Int: Request] = [:]
    private var running = 0
    /// Since when there is work that is not counted in the throughput yet.
    private var countedUntil: Instant?
    private var throughput = Throughput()
    private var lengths = RecordingLengths()

    /// The number of requests.
    var count: Int { requests.count }

    /// The sound, in seconds, that has no text yet.
    var sound: Double { requests.values.reduce(0) { $0 + rest(of: $1) } }

    /// How long so many seconds of sound take the model with all its lanes.
    func time(for sound: Double) -> Duration { throughput.time(for: sound) }

    /// How long it takes until a request ends, likely the one with the least sound left; `nil` if there is none. The
    /// requests share the lanes.
    func timeUntilAnEnd(lanes: Int) -> Duration? {
        guard let least = requests.values.lazy.map(rest).min() else { return nil }
        return time(for: least * Double(max(1, min(lanes, count))))
    }

    private func rest(of request: Request) -> Double {
        max(0, (request.length ?? lengths.estimate(of: request.bytes, request.format)) - request.heard)
    }

    mutating func enter(_ number: Int, bytes: Int, _ format: RecordingFormat) {
        requests[number] = Request(bytes: bytes, format: format)
    }

    /// Notes that the engine has a request; a further call for the same one has no effect.
    mutating func begin(_ number: Int, at now: Instant) {
        guard requests[number]?.hasBegun == false else { return }
        requests[number]?.hasBegun = true
        running += 1
        count(0, at: now)
    }

    /// Notes the length of a request's recording.
    mutating func measure(_ number: Int, _ length: Duration) { requests[number]?.length = length.inSeconds }

    /// Notes that the text of a request has come as far as this position of its recording.
    mutating func hear(_ number: Int, until position: Duration, at now: Instant) {
        guard let heard = requests[number]?.heard, position.inSeconds > heard else { return }
        requests[number]?.heard = position.inSeconds
        count(position.inSeconds - heard, at: now)
    }

    /// Removes a request. `length` is that of its recording if all of it was transcribed.
    mutating func leave(_ number: Int, length: Duration?, at now: Instant) {
        guard let request = requests.removeValue(forKey: number) else { return }
        if request.hasBegun { running -= 1 }
        if let length { lengths.add(request.bytes, request.format, lasting: length.inSeconds) }
        count(max(0, (length?.inSeconds ?? 0) - request.heard), at: now)
    }

    /// Removes a request of which all was transcribed, although nobody has told how long its recording is: what it likely had
    /// left counts as transcribed, but teaches nothing about lengths.
    mutating func finish(_ number: Int, at now: Instant) {
        guard let request = requests.removeValue(forKey: number) else { return }
        if request.hasBegun { running -= 1 }
        count(rest(of: request), at: now)
    }

    /// Counts transcribed sound, and the time since the last call if there was work.
    private mutating func count(_ sound: Double, at now: Instant) {
        if let countedUntil { throughput.add(sound, in: now - countedUntil) }
        countedUntil = running > 0 ? now : nil
    }
}
