/// The requests in hand, waiting and running, by their models: how many there may be, and when a refused one should come
/// again. Does no I/O and reads no clock.
struct AdmissionQueue: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How many requests may be in hand.
    struct Limits: Sendable, Equatable {
        /// For all models together.
        var total: Int
        /// For models that have a limit of their own, by name.
        var models: [String: Int] = [:]
    }

    /// Which limit a request would go beyond, and when it should come again.
    enum AudioDecodeFailure: Error, Sendable, Equatable {
        case total(Int, retryAfter: Duration)
        case model(Int, retryAfter: Duration)
    }

    /// The work of one model.
    private struct Work {
        var requests = 0
        var bytes = 0
        /// Those that are with the engine; the others wait for the model to be fetched.
        var running = 0
        /// Since when there is work that has not been counted into the throughput.
        var countedUntil: Instant?
        var throughput = Throughput()

        /// Half of what is in hand is done by then, so that there are places again and still some work. A request is half
        /// done on average.
        var wait: Duration { throughput.time(for: bytes) / 2 }

        mutating func count(_ bytes: Int, at now: Instant) {
            if let countedUntil { throughput.add(bytes, in: now - countedUntil) }
            countedUntil = running > 0 ? now : nil
        }
    }

    var limits: Limits
    private var works: [String: Work] = [:]

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// The requests in hand.
    var count: Int { works.values.reduce(0) { $0 + $1.requests } }

    /// Whether a request for some model can be taken at all.
    func checkRoom() throws(AudioDecodeFailure) {
        guard count < limits.total else { throw .total(limits.total, retryAfter: Self.bounded(meanWait)) }
    }

    /// Takes a request in hand.
    mutating func enter(_ model: String, bytes: Int) throws(AudioDecodeFailure) {
        try checkRoom()
        let work = works[model] ?? Work()
        if let limit = limits.models[model], work.requests >= limit {
            throw .model(limit, retryAfter: Self.bounded(work.wait))
        }
        works[model, default: Work()].requests += 1
        works[model]?.bytes += bytes
    }

    /// A request goes to its engine.
    mutating func begin(_ model: String, at now: Instant) {
        guard var work = works[model] else { return }
        work.running += 1
        work.count(0, at: now)
        works[model] = work
    }

    /// A request is no longer in hand.
    ///
    /// - Parameters:
    ///   - model: Its model.
    ///   - bytes: What it was said to have on entering.
    ///   - hasBegun: Whether it was with the engine.
    ///   - isDone: Whether its whole recording was transcribed.
    ///   - now: The time.
    mutating func leave(_ model: String, bytes: Int, hasBegun: Bool, isDone: Bool, at now: Instant) {
        guard var work = works[model] else { return }
        work.requests -= 1
        work.bytes -= bytes
        if hasBegun { work.running -= 1 }
        work.count(isDone ? bytes : 0, at: now)
        works[model] = work
    }

    /// The wait for each model's work, weighed by its requests: each of them may be the first to give up its place.
    private var meanWait: Duration {
        let waits = works.values.reduce(Duration.zero) { $0 + $1.wait * $1.requests }
        return waits / max(1, count)
    }

    /// OpenAI's clients heed no wait above a minute, and a shorter one than a second is not told.
    private static func bounded(_ wait: Duration) -> Duration {
        min(.seconds(60), max(.seconds(1), .seconds((wait / .seconds(1)).rounded(.up))))
    }
}
