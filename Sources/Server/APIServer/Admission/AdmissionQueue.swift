import Essentials

/// The admitted requests by model, waiting and running: how many there may be, and when a refused one should be
/// retried. Does no I/O and reads no clock.
struct AdmissionQueue: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Limits: Sendable, Equatable {
        /// For all models together.
        var total: Int
        /// For models with a limit of their own, by name.
        var models: [String: Int] = [:]
    }

    /// The limit that a request would exceed, and when to retry it.
    struct Refusal: Error, Equatable {
        let limit: Int
        /// The model whose own limit it is; `nil` for the limit of all models together.
        var model: String?
        let retryAfter: Duration
    }

    private struct Work {
        var requests = 0
        var bytes = 0
        /// The requests that are with the engine; the others wait for the model to be downloaded.
        var running = 0
        /// Since when there is work that is not counted in the throughput yet.
        var countedUntil: Instant?
        var throughput = Throughput()

        /// The time for half of the admitted work: some places are free by then, and there is still work. On average, a
        /// request is half done.
        var wait: Duration { throughput.time(for: bytes) / 2 }

        mutating func count(_ bytes: Int, at now: Instant) {
            if let countedUntil { throughput.add(bytes, in: now - countedUntil) }
            countedUntil = running > 0 ? now : nil
        }
    }

    var limits: Limits
    private var works: [String: Work] = [:]

    init(_ limits: Limits) { self.limits = limits }

    /// The number of admitted requests.
    var count: Int { works.values.reduce(0) { $0 + $1.requests } }

    func checkRoom() throws(Refusal) {
        guard count < limits.total else {
            throw Refusal(limit: limits.total, retryAfter: Self.bounded(meanWait))
        }
    }

    mutating func enter(_ model: String, bytes: Int) throws(Refusal) {
        try checkRoom()
        var work = works[model] ?? Work()
        if let limit = limits.models[model], work.requests >= limit {
            throw Refusal(limit: limit, model: model, retryAfter: Self.bounded(work.wait))
        }
        work.requests += 1
        work.bytes += bytes
        works[model] = work
    }

    /// Notes that a request is passed to its engine.
    mutating func begin(_ model: String, at now: Instant) {
        works[model]?.running += 1
        works[model]?.count(0, at: now)
    }

    /// Removes a request that has entered, and perhaps begun. `isDone`: its whole recording was transcribed.
    mutating func leave(_ model: String, bytes: Int, hasBegun: Bool, isDone: Bool, at now: Instant) {
        guard var work = works[model] else { return }
        work.requests -= 1
        work.bytes -= bytes
        if hasBegun { work.running -= 1 }
        work.count(isDone ? bytes : 0, at: now)
        works[model] = work
    }

    /// The wait for each model's work, weighted by its requests: any of them may be the first to release its place.
    private var meanWait: Duration {
        let waits = works.values.reduce(Duration.zero) { $0 + $1.wait * $1.requests }
        return waits / max(1, count)
    }

    /// Rounds up to whole seconds, at least one. OpenAI's clients ignore waits above a minute.
    private static func bounded(_ wait: Duration) -> Duration {
        min(.seconds(60), max(.seconds(1), .seconds((wait / .seconds(1)).rounded(.up))))
    }
}

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

    /// Adds the bytes of finished recordings, and how long the model had work since the last call.
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
