import Essentials
import SpeechTypes

/// The admitted requests by model, waiting and running: how many there may be, how much they have to do, and when a
/// refused one should be retried. Does no I/O and reads no clock.
struct AdmissionQueue: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Limits: Sendable, Equatable {
        /// For all models together.
        var total: Int
        /// For models with a limit of their own, by name.
        var models: [String: Int] = [:]
        /// How many segments each model decodes at once.
        var lanes = 1
    }

    /// The limit that a request would exceed, and when to retry it.
    struct Refusal: Error, Equatable {
        let limit: Int
        /// The model whose own limit it is; `nil` for the limit of all models together.
        var model: String?
        let retryAfter: Duration
    }

    /// An admitted request.
    struct Ticket: Sendable, Equatable {
        let model: String
        fileprivate let number: Int
    }

    /// What a model has to do.
    struct Load: Sendable, Equatable {
        /// The sound that has no text yet.
        var sound = Duration.zero
        /// How long the server takes for it.
        var time = Duration.zero
    }

    var limits: Limits
    private var works: [String: ModelWork] = [:]
    private var lastNumber = 0

    init(_ limits: Limits) { self.limits = limits }

    /// The number of admitted requests.
    var count: Int { works.values.reduce(0) { $0 + $1.count } }

    func checkRoom() throws(Refusal) {
        guard count < limits.total else {
            // Any model may be the first to release a place.
            let times = works.values.compactMap { $0.timeUntilAnEnd(lanes: limits.lanes) }
            throw Refusal(limit: limits.total, retryAfter: Self.bounded(times.min()))
        }
    }

    mutating func enter(_ model: String, bytes: Int, _ format: RecordingFormat = .other) throws(Refusal) -> Ticket {
        try checkRoom()
        if let limit = limits.models[model], let work = works[model], work.count >= limit {
            let time = work.timeUntilAnEnd(lanes: limits.lanes)
            throw Refusal(limit: limit, model: model, retryAfter: Self.bounded(time))
        }
        lastNumber += 1
        works[model, default: ModelWork()].enter(lastNumber, bytes: bytes, format)
        return Ticket(model: model, number: lastNumber)
    }

    /// Notes that the engine has a request; a further call for the same one has no effect.
    mutating func begin(_ ticket: Ticket, at now: Instant) { works[ticket.model]?.begin(ticket.number, at: now) }

    /// Notes the length of a request's recording.
    mutating func measure(_ ticket: Ticket, _ length: Duration) {
        works[ticket.model]?.measure(ticket.number, length)
    }

    /// Notes that the text of a request has come as far as this position of its recording.
    mutating func hear(_ ticket: Ticket, until position: Duration, at now: Instant) {
        works[ticket.model]?.hear(ticket.number, until: position, at: now)
    }

    /// Removes a request. `length` is that of its recording if all of it was transcribed.
    mutating func leave(_ ticket: Ticket, length: Duration? = nil, at now: Instant) {
        works[ticket.model]?.leave(ticket.number, length: length, at: now)
    }

    /// Removes a request of which all was transcribed, although nobody has told how long its recording is.
    mutating func finish(_ ticket: Ticket, at now: Instant) { works[ticket.model]?.finish(ticket.number, at: now) }

    /// The load of each of these models, and of others that have requests or live sessions. `live` is the sound of live
    /// sessions that has no text yet, by model.
    func loads(of models: [String], live: [String: Duration] = [:]) -> [String: Load] {
        let busy = works.filter { $0.value.count > 0 }.map(\.key)
        var loads: [String: Load] = [:]
        for model in Set(models + busy + live.keys) {
            let work = works[model] ?? ModelWork()
            let sound = work.sound + (live[model] ?? .zero).inSeconds
            loads[model] = Load(sound: .seconds(sound), time: work.time(for: sound))
        }
        return loads
    }

    /// Forgets how fast models were that are registered no more and have no requests.
    mutating func forget(allBut models: Set<String>) {
        works = works.filter { models.contains($0.key) || $0.value.count > 0 }
    }

    /// Rounds up to whole seconds, at least one. OpenAI's clients ignore waits above a minute.
    private static func bounded(_ wait: Duration?) -> Duration {
        min(.seconds(60), max(.seconds(1), .seconds(((wait ?? .zero) / .seconds(1)).rounded(.up))))
    }
}
