/// Decides which engines are in memory: which may start, which must end, and when to check again. No I/O, no clock.
///
/// An engine asks for a slot before it starts its process, and keeps it until the process is gone. If all slots are
/// taken, the least recently used engine without a job must end, that of the default model only if there is no other.
/// If all have jobs, the new engine waits: the limit is kept because small machines lack memory.
struct Residency<Engine: Hashable & Sendable>: Sendable {
    struct Rules: Sendable, Equatable {
        /// How long an engine may be idle before it is ended, except that of the default model; `nil` for no limit.
        var keepAlive: Duration?
        var maximumLoaded: Int
    }

    struct Standing: Sendable, Equatable {
        var isBusy: Bool
        var lastUse: ContinuousClock.Instant
        var isDefault: Bool

        fileprivate var turn: (Int, ContinuousClock.Instant) { (isDefault ? 1 : 0, lastUse) }
    }

    struct Plan: Sendable, Equatable {
        var admitted: [Engine] = []
        /// Engines that must end, if they still have no job.
        var ended: [Engine] = []
        /// When the next engine will have been idle for too long, if no job comes.
        var nextLook: ContinuousClock.Instant?
    }

    var rules: Rules
    private var resident: Set<Engine> = []
    private var leaving: Set<Engine> = []
    private var waiting: [Engine] = []

    init(_ rules: Rules) { self.rules = rules }

    /// Whether another engine could start without an eviction.
    var hasFreePlace: Bool { waiting.isEmpty && resident.count < rules.maximumLoaded }

    mutating func ask(_ engine: Engine) { waiting.append(engine) }

    /// Removes an engine that has ended, no longer wants to start, or no longer counts.
    mutating func leave(_ engine: Engine) {
        waiting.removeAll { $0 == engine }
        resident.remove(engine)
        leaving.remove(engine)
    }

    /// Keeps an engine that was to end but has been given a job.
    mutating func stay(_ engine: Engine) { leaving.remove(engine) }

    /// Decides what to do now. Earlier decisions are not repeated. `standing` returns the state of an engine with a slot.
    mutating func plan(at now: ContinuousClock.Instant, standing: (Engine) -> Standing) -> Plan {
        var plan = Plan()
        while resident.count < rules.maximumLoaded, !waiting.isEmpty {
            let engine = waiting.removeFirst()
            resident.insert(engine)
            plan.admitted.append(engine)
        }
        // Engines that have just been admitted are about to load, so they are not considered.
        var idle = resident.subtracting(leaving).subtracting(plan.admitted)
            .map { (engine: $0, standing: standing($0)) }
            .filter { !$0.standing.isBusy }
            .sorted { $0.standing.turn < $1.standing.turn }
        if let keepAlive = rules.keepAlive {
            let overdue = idle.prefix { !$0.standing.isDefault && now - $0.standing.lastUse >= keepAlive }
            plan.ended += overdue.map(\.engine)
            idle.removeFirst(overdue.count)
        }
        let wanted = resident.count + waiting.count - rules.maximumLoaded - leaving.count - plan.ended.count
        let evicted = idle.prefix(max(0, wanted))
        plan.ended += evicted.map(\.engine)
        idle.removeFirst(evicted.count)
        leaving.formUnion(plan.ended)
        if let keepAlive = rules.keepAlive, let next = idle.first, !next.standing.isDefault {
            plan.nextLook = next.standing.lastUse + keepAlive
        }
        return plan
    }
}
