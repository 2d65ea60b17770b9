/// Which engines are in memory: who may start, who has to go, and when to look again. Does no I/O and reads no clock.
///
/// An engine asks for a place before it starts its process and has it until the process is gone. When all places are
/// taken, the one that was used longest ago among those without a job has to go, the default model's only if there is no
/// other. While all are at work, who asks waits: memory is what small machines lack, so the limit is kept.
struct Residency<Engine: Hashable & Sendable>: Sendable {
    /// What holds for all engines.
    struct Rules: Sendable, Equatable {
        /// How long an engine may be idle, the default model's excepted; `nil` for ever.
        var keepAlive: Duration?
        /// How many engines may have a place.
        var maximumLoaded: Int
    }

    /// How an engine that has a place stands now.
    struct Standing: Sendable, Equatable {
        /// Whether it is loading, or has jobs.
        var isBusy: Bool
        /// When its last job ended, or it was loaded.
        var lastUse: ContinuousClock.Instant
        /// Whether it is the default model's.
        var isDefault: Bool
    }

    /// What is to be done now.
    struct Plan: Sendable, Equatable {
        /// Those that have got a place.
        var admitted: [Engine] = []
        /// Those that have to end, if they still have no job.
        var ended: [Engine] = []
        /// When the next one will have been idle for too long, if no job comes.
        var nextLook: ContinuousClock.Instant?
    }

    var rules: Rules
    private var resident: Set<Engine> = []
    private var leaving: Set<Engine> = []
    private var waiting: [Engine] = []

    init(_ rules: Rules) {
        self.rules = rules
    }

    /// Whether another engine could start without anybody having to go.
    var hasFreePlace: Bool { waiting.isEmpty && resident.count < rules.maximumLoaded }

    /// An engine wants to start; it waits from now on.
    mutating func ask(_ engine: Engine) {
        waiting.append(engine)
    }

    /// An engine has ended, wants to start no more, or is no longer to be counted.
    mutating func leave(_ engine: Engine) {
        waiting.removeAll { $0 == engine }
        resident.remove(engine)
        leaving.remove(engine)
    }

    /// An engine that was to end has got a job and goes on.
    mutating func stay(_ engine: Engine) {
        leaving.remove(engine)
    }

    /// Decides what is to be done. What has been decided before is not decided again.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - standing: Tells how an engine stands that has a place.
    /// - Returns: Who may start, who has to end, and when to ask again.
    mutating func plan(at now: ContinuousClock.Instant, standing: (Engine) -> Standing) -> Plan {
        var plan = Plan()
        while resident.count < rules.maximumLoaded, !waiting.isEmpty {
            let engine = waiting.removeFirst()
            resident.insert(engine)
            plan.admitted.append(engine)
        }
        // Those that have just been let in are not asked about: they are about to load.
        var idle = resident.subtracting(leaving).subtracting(plan.admitted)
            .map { (engine: $0, standing: standing($0)) }
            .filter { !$0.standing.isBusy }
            .sorted {
                ($0.standing.isDefault ? 1 : 0, $0.standing.lastUse) < (
                    $1.standing.isDefault ? 1 : 0, $1.standing.lastUse
                )
            }
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
