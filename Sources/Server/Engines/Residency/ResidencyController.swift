import Concurrency
import Essentials

/// The slots for engines in memory, assigned by the rules of `Residency`.
actor ResidencyController {
    typealias ID = ObjectIdentifier

    private var residency: Residency<ID>
    private var defaultModel: String?
    private var engines: [ID: EngineSupervisor] = [:]
    private var entries: [ID: OneShot<Void>] = [:]
    /// When each engine was loaded; no entry while it loads.
    private var loaded: [ID: ContinuousClock.Instant] = [:]
    private var look: Task<Void, Never>?
    private let vacancy: AsyncStream<Void>.Continuation
    /// Signals that an engine has gone and no other waits for its slot.
    nonisolated let vacancies: AsyncStream<Void>

    init(_ rules: Residency<ID>.Rules, defaultModel: String?) {
        residency = Residency(rules)
        self.defaultModel = defaultModel
        (vacancies, vacancy) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func use(_ rules: Residency<ID>.Rules, defaultModel: String?) {
        residency.rules = rules
        self.defaultModel = defaultModel
        carryOut()
    }

    /// Waits for a slot, which the engine keeps until it leaves.
    ///
    /// - Throws: `CancellationError`; the engine has no slot then.
    func enter(_ engine: EngineSupervisor) async throws {
        let id = ID(engine)
        let entry = OneShot<Void>()
        engines[id] = engine
        entries[id] = entry
        residency.ask(id)
        carryOut()
        do {
            try await entry.value()
        } catch {
            leave(engine)
            throw error
        }
    }

    func finishedLoading(_ engine: EngineSupervisor) {
        guard engines[ID(engine)] != nil else { return }
        loaded[ID(engine)] = .now
        carryOut()
    }

    /// Frees the slot of an engine that has ended or no longer counts; one that waits may start.
    func leave(_ engine: EngineSupervisor) {
        let id = ID(engine)
        guard engines.removeValue(forKey: id) != nil else { return }
        loaded[id] = nil
        entries.removeValue(forKey: id)?.resolve()
        residency.leave(id)
        carryOut()
        if residency.hasFreePlace { vacancy.yield() }
    }

    /// Checks which engines must end or may start; called whenever an engine becomes idle.
    func carryOut() {
        look?.cancel()
        look = nil
        let plan = residency.plan(at: .now, standing: standing)
        for id in plan.admitted { entries.removeValue(forKey: id)?.resolve() }
        for engine in plan.ended.compactMap({ engines[$0] }) {
            // Unstructured because the controller goes on meanwhile; it lasts as long as a process takes to be killed.
            Task { if await !engine.unload() { stay(engine) } }
        }
        if let nextLook = plan.nextLook {
            look = Task { [weak self] in
                guard (try? await Task.sleep(until: nextLook, clock: .continuous)) != nil else { return }
                await self?.carryOut()
            }
        }
    }

    func close() {
        look?.cancel()
        vacancy.finish()
    }

    private func stay(_ engine: EngineSupervisor) {
        residency.stay(ID(engine))
        // Another engine may have to end instead. If this one has no job, it has just died and leaves by itself.
        if engine.usage.jobs > 0 { carryOut() }
    }

    private func standing(of id: ID) -> Residency<ID>.Standing {
        guard let engine = engines[id], let loaded = loaded[id] else {
            return Residency.Standing(isBusy: true, lastUse: .now, isDefault: false)
        }
        return Residency.Standing(
            isBusy: engine.usage.jobs > 0, lastUse: max(loaded, engine.usage.lastEnd ?? loaded),
            isDefault: engine.model.name == defaultModel)
    }
}
