/// The admitted requests by model, waiting and running: how many there may be, and when a refused one should be
/// retried. Does no I/O and reads no clock.
struct AdmissionQueue: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How many requests may be admitted.
    struct Limits: Sendable, Equatable {
        /// For all models together.
        var total: Int
        /// For models with a limit of their own, by name.
        var models: [String: Int] = [:]
    }

    /// The limit that a request would exceed, and when to retry it.
    enum Refusal: Error, Sendable, Equatable {
        case total(Int, retryAfter: Duration)
        case model(Int, retryAfter: Duration)
    }

    /// The work of one model.
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

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// The number of admitted requests.
    var count: Int { works.values.reduce(0) { $0 + $1.requests } }

    /// Checks that a request for any model can be admitted.
    func checkRoom() throws(Refusal) {
        guard count < limits.total else { throw .total(limits.total, retryAfter: Self.bounded(meanWait)) }
    }

    /// Admits a request.
    mutating func enter(_ model: String, bytes: Int) throws(Refusal) {
        try checkRoom()
        let work = works[model] ?? Work()
        if let limit = limits.models[model], work.requests >= limit {
            throw .model(limit, retryAfter: Self.bounded(work.wait))
        }
        works[model, default: Work()].requests += 1
        works[model]?.bytes += bytes
    }

    /// Notes that a request is passed to its engine.
    mutating func begin(_ model: String, at now: Instant) {
        guard var work = works[model] else { return }
        work.running += 1
        work.count(0, at: now)
        works[model] = work
    }

    /// Removes a request.
    ///
    /// - Parameters:
    ///   - model: Its model.
    ///   - bytes: Its size, as given on entering.
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
