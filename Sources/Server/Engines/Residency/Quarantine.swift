import Essentials
import Concurrency
import ModelFamilies

/// Runs suspects: the jobs that were running when an engine ended. It is unknown which of them caused that, so each is
/// run again alone, in an engine apart from all other jobs.
///
/// A server has one such engine, which does not count among those in memory. It loads the model of the next suspect,
/// and ends when there has been none for a minute.
actor Quarantine {
    private var context: EngineContext
    private var engines: [ModelSpecification: EngineSupervisor] = [:]
    private var isShuttingDown = false

    private static let keepAlive = Duration.seconds(60)

    init(beside context: EngineContext) {
        self.context = context
        self.context.room = ResidencyController(
            Residency.Rules(keepAlive: Self.keepAlive, maximumLoaded: 1), defaultModel: nil)
        self.context.configuration.engineMemory =
            context.configuration.engineMemory ?? MachineMemory.available / Self.shareOfMemory
        self.context.quarantine = nil
    }

    /// Without `--engine-memory`, a suspect's engine may have one part in this many of the machine's memory.
    private static let shareOfMemory = 2

    /// Accepts a suspect: returns the engine of its model, and a ticket that keeps the engine until the suspect is
    /// answered; `nil` if there is not enough memory for it beside the running engines.
    func engine(
        for model: ModelSpecification
    ) async throws -> (engine: EngineSupervisor, ticket: JobCounter.Ticket)? {
        await forgetIdle()
        guard !isShuttingDown else { throw EngineError.shuttingDown }
        let engine = engines[model] ?? EngineSupervisor(model: model, staysLoaded: false, context: context)
        engines[model] = engine
        let ticket = engine.usage.begin()
        // An engine that is loading has already taken a part of the memory it needs.
        guard await ![.loaded, .loading].contains(engine.status) else { return (engine, ticket) }
        let (need, free) = await elsewhere { [context] in
            (model.bytes.multipliedClamped(by: 2).addingClamped(Self.headroom), context.configuration.freeMemory())
        }
        if free >= need { return (engine, ticket) }
        ticket.answer()
        return nil
    }

    /// Drops engines that are idle and not in memory: their models may no longer be served.
    private func forgetIdle() async {
        for (model, engine) in engines where await engine.isUnused {
            if engine.usage.jobs == 0 { engines[model] = nil }
        }
    }

    private static let headroom = 256 << 20

    /// Sets the threads of engines that start from now on.
    func serve(threads: Int) { context.threads = threads }

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

    func shutDown() async {
        isShuttingDown = true
        for engine in engines.values { await engine.shutDown() }
        await context.room.close()
    }
}
