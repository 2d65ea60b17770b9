import Essentials
import Concurrency
import ModelFamilies

/// The engine for suspects: the jobs that were there when an engine ended. Nobody knows which of them it was, so each is run
/// again on its own, apart from everybody else.
///
/// A server has one such engine, which is not counted among those in memory: it has the model of whichever suspect is next,
/// and goes when there has been none for a minute.
actor Quarantine {
    private var surroundings: EngineContext
    private var engines: [ModelSpecification: EngineSupervisor] = [:]
    private var isShuttingDown = false

    private static let keepAlive = Duration.seconds(60)

    /// Makes no engine yet.
    ///
    /// - Parameter surroundings: Those of the other engines.
    init(beside surroundings: EngineContext) {
        var own = surroundings
        own.room = ResidencyController(
            Residency.Rules(keepAlive: Self.keepAlive, maximumLoaded: 1), defaultModel: nil)
        own.memory = surroundings.memory ?? MachineMemory.available / Self.shareOfMemory
        own.quarantine = nil
        self.surroundings = own
    }

    /// Without `--engine-memory`, this part of the machine's memory at most: a suspect may be one that takes all there is.
    private static let shareOfMemory = 2

    /// Takes a suspect on.
    ///
    /// - Returns: The engine of its model, and what keeps the engine until the suspect has its answer; `nil` if there is not
    ///   enough memory for it beside the engines that run.
    /// - Throws: `EngineError` if the server is shutting down.
    func engine(
        for model: ModelSpecification
    ) async throws -> (engine: EngineSupervisor, ticket: JobCounter.Ticket)? {
        await forgetIdle()
        guard !isShuttingDown else { throw EngineError.shuttingDown }
        let engine = engines[model] ?? EngineSupervisor(model: model, staysLoaded: false, surroundings: surroundings)
        engines[model] = engine
        let ticket = engine.usage.begin()
        // One that loads has taken a part of what it needs.
        guard await ![.loaded, .loading].contains(engine.status) else { return (engine, ticket) }
        let (need, free) = await elsewhere { [surroundings] in
            (model.bytes.multipliedClamped(by: 2).addingClamped(Self.headroom), surroundings.freeMemory())
        }
        if free >= need { return (engine, ticket) }
        ticket.answer()
        return nil
    }

    /// Lets go of engines that have nothing to do and are not in memory: their models may be served no longer.
    private func forgetIdle() async {
        for (model, engine) in engines where await engine.isUnused {
            if engine.usage.jobs == 0 { engines[model] = nil }
        }
    }

    /// What an engine takes beside its model, in bytes.
    private static let headroom = 256 << 20

    /// Gives engines so many threads from now on.
    func serve(threads: Int) {
        surroundings.threads = threads
    }

    /// What the engine is doing; nothing if there is none.
    func reports() async -> [EngineReport] {
        var reports: [EngineReport] = []
        for engine in engines.values {
            let report = await engine.report
            if report.process != nil { reports.append(report) }
        }
        return reports
    }

    /// Waits until a model's files are no longer in use.
    func unload(_ name: String) async {
        for (model, engine) in engines where model.name == name {
            await engine.retire()
            if engines[model] === engine { engines[model] = nil }
        }
    }

    /// Ends the engine, and makes no other.
    func shutDown() async {
        isShuttingDown = true
        for engine in engines.values { await engine.shutDown() }
        await surroundings.room.close()
    }
}
