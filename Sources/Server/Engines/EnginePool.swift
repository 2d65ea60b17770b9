import Concurrency
import Essentials
package import Logging
package import ModelFamilies
package import PrometheusMetrics
package import SpeechTypes

/// The engines of a server, one per model, created on first use.
///
/// If a model is no longer served, its engine ends with its last job: a change of the registry neither cuts off a job
/// nor waits for one.
package actor EnginePool {
    private var context: EngineContext
    private let quarantine: Quarantine
    private var served: EngineConfiguration
    private var engines: [ModelSpecification: EngineSupervisor] = [:]
    /// Engines that end with their last job; each `end` resolves once the process is gone.
    private var retired: [ObjectIdentifier: (engine: EngineSupervisor, end: OneShot<Void>)] = [:]
    private var isShuttingDown = false
    /// Names of models that were loaded by engines that are gone.
    private var loadedBefore: Set<String> = []
    /// Names of models that were unloaded on request, and that nothing has needed since.
    private var dismissed: Set<String> = []

    /// The logger receives starts, ends and failures of engines, and their standard error.
    package init(
        _ configuration: Configuration, serving served: EngineConfiguration, logger: Logger,
        metrics: MetricRegistry = MetricRegistry()
    ) {
        self.served = served
        let room = ResidencyController(served.rules, defaultModel: served.stayingLoaded)
        var context = EngineContext(
            configuration: configuration, threads: served.threads, room: room, logger: logger, metrics: metrics)
        quarantine = Quarantine(beside: context)
        context.quarantine = quarantine
        self.context = context
        // Unstructured because it lasts as long as the pool; `shutDown()` ends the stream of vacancies.
        Task { [weak self] in
            for await _ in room.vacancies { await self?.bringBackDefault() }
        }
    }

    /// Gives a job to its model's engine, starting the engine if necessary. The model's files are present; if it is no
    /// longer served, it gets an engine for this job alone. The events may throw `TranscriptionError` and `EngineError`.
    ///
    /// `isEnough` is called with each segment. If it returns `true`, that segment is the last event, and the job counts as
    /// answered. If the events are released before their end, the job counts as abandoned.
    package func transcribe(
        _ job: TranscriptionJob, with model: ModelSpecification,
        onProgress: @escaping @Sendable (JobProgress) -> Void = { _ in },
        until isEnough: @escaping @Sendable (Transcript.Segment) -> Bool = { _ in false }
    ) -> TranscriptEvents {
        let engine = engine(for: model)
        defer { if !served.models.contains(model) { retire(engine) } }
        return engine.transcribe(job, onProgress: onProgress, until: isEnough)
    }

    /// Begins a live session whose audio starts at `position`, in samples at 16 kHz. When its first event is requested,
    /// `model` is called, which returns once the model's files are present; then the engine is started if necessary.
    /// Meanwhile, the session takes audio and commands.
    package nonisolated func live(
        _ settings: LiveSettings, from position: Int,
        with model: @escaping @Sendable () async throws -> ModelSpecification
    ) -> LiveJob {
        LiveJob(settings, from: position) { [self] in await assignment(to: try await model()) }
    }

    private func assignment(to model: ModelSpecification) -> LiveJob.Assignment {
        let engine = engine(for: model)
        defer { if !served.models.contains(model) { retire(engine) } }
        return (engine, engine.usage.begin())
    }

    /// Loads a model unless it is loaded, and waits for it.
    ///
    /// - Throws: `EngineError`; `.modelNotReady` if the model is no longer served.
    package func load(_ model: ModelSpecification) async throws {
        try checkServed(model)
        try await engine(for: model).load()
    }

    private func checkServed(_ model: ModelSpecification) throws(EngineError) {
        guard served.models.contains(model) else {
            throw EngineError(.modelNotReady, "Model '\(model.name)' has just been changed. Try again soon.")
        }
    }

    /// Starts a model's engine unless it runs or must not be retried yet, without waiting for it.
    ///
    /// An engine that was ended for another model is not started: it returns with its next job, or when a slot is free.
    /// Neither is one that was ended on request: it returns with its next job.
    package func wake(_ model: ModelSpecification) async -> EngineStatus {
        guard served.models.contains(model), !dismissed.contains(model.name) else { return .unloaded }
        let engine = engine(for: model)
        return await engine.isResting ? .unloaded : await engine.wake()
    }

    /// Serves these models from now on.
    ///
    /// If a model's definition or files have changed, its engine takes no further job and ends with its last one. If it
    /// was loaded, the new model is loaded at once, provided that its files are present.
    package func serve(_ new: EngineConfiguration) async {
        var loaded: Set<ModelSpecification> = []
        var outdated: Set<ModelSpecification> = []
        for (model, engine) in engines {
            if [.loaded, .loading].contains(await engine.status) { loaded.insert(model) }
            if await engine.hasOtherFiles { outdated.insert(model) }
        }
        // Nothing is awaited from here to the last retirement, so a job finds either the old state or the new one.
        if new.threads != served.threads { outdated.formUnion(engines.keys) }
        served = new
        context.threads = new.threads
        let leaving = engines.filter { !new.models.contains($0.key) || outdated.contains($0.key) }
        for engine in leaving.values { retire(engine) }

        await context.room.use(new.rules, defaultModel: new.stayingLoaded)
        for engine in engines.values { await engine.keepLoaded(engine.model.name == new.stayingLoaded) }
        await quarantine.serve(threads: new.threads)
        let reloaded = Set(leaving.keys.filter(loaded.contains).map(\.name))
        for model in new.models where reloaded.contains(model.name) && model.hasAllFiles { _ = await wake(model) }
    }

    /// Ends the engines of a model after their current jobs, and waits until they are gone.
    ///
    /// - Throws: `CancellationError`; the engines still end.
    package func unload(_ name: String) async throws {
        for engine in engines.values where engine.model.name == name { retire(engine) }
        for (engine, end) in retired.values where engine.model.name == name { try await end.value() }
        await quarantine.unload(name)
    }

    /// Starts to load a model, on request, unless it is loaded or must not be retried yet; does not wait for it.
    ///
    /// - Throws: `EngineError`; `.modelFailed` if the model must not be retried yet, `.modelNotReady` if it is no longer
    ///   served.
    package func startLoading(_ model: ModelSpecification) async throws(EngineError) {
        try checkServed(model)
        if case .failed(let reason) = await engine(for: model).wake() { throw EngineError(.modelFailed, reason) }
    }

    /// Ends the engines of a model after their current jobs, on request, without waiting for that. The model stays
    /// unloaded, even if it is the default one, until a job needs it or it is loaded on request.
    package func startUnloading(_ name: String) {
        for engine in engines.values where engine.model.name == name { retire(engine) }
        dismissed.insert(name)
    }

    /// Whether a model was unloaded on request, and nothing has needed it since.
    package func isDismissed(_ name: String) -> Bool { dismissed.contains(name) }

    package func status(of model: ModelSpecification) async -> EngineStatus {
        await engines[model]?.status ?? .unloaded
    }

    /// Whether the model of this name has been loaded at least once.
    package func hasBeenLoaded(_ name: String) async -> Bool {
        if loadedBefore.contains(name) { return true }
        for engine in allEngines where engine.model.name == name {
            if await engine.hasBeenLoaded { return true }
        }
        return false
    }

    /// Whether a model was unloaded on request, or has been loaded before. If it is unloaded now, nothing loads it before a
    /// request does.
    package func wasUnloaded(_ name: String) async -> Bool {
        if isDismissed(name) { return true }
        return await hasBeenLoaded(name)
    }

    /// The state of each engine, sorted by model name.
    package func reports() async -> [EngineReport] {
        var reports: [EngineReport] = []
        for engine in allEngines {
            var report = await engine.report
            report.expires = expiry(of: report)
            reports.append(report)
        }
        reports += await quarantine.reports()
        return reports.sorted { ($0.model, $0.isEnding ? 1 : 0) < ($1.model, $1.isEnding ? 1 : 0) }
    }

    /// The state of each engine, with its decode lanes. All engines are asked at once; one that does not answer in time
    /// is reported without lanes.
    package func measurements() async -> [EngineReport] {
        await withTaskGroup { group in
            for engine in allEngines { group.addTask { await engine.measurement() } }
            var reports: [EngineReport] = []
            for await report in group { reports.append(report) }
            return reports
        }
    }

    package func shutDown() async {
        isShuttingDown = true
        await withTaskGroup { group in
            for engine in allEngines { group.addTask { await engine.shutDown() } }
            group.addTask { [quarantine] in await quarantine.shutDown() }
        }
        await context.room.close()
    }

    private var allEngines: [EngineSupervisor] { Array(engines.values) + retired.values.map(\.engine) }

    private func expiry(of report: EngineReport) -> Date? {
        guard let keepAlive = served.keepAlive, let idleSince = report.idleSince, report.status == .loaded,
            !report.isEnding, report.model != served.stayingLoaded
        else { return nil }
        return idleSince + keepAlive / .seconds(1)
    }

    /// Reloads the default model if it was ended for another one, now that a slot is free.
    private func bringBackDefault() async {
        guard let engine = engines.values.first(where: { $0.model.name == served.stayingLoaded }),
            await engine.isResting
        else { return }
        _ = await engine.wake()
    }

    private func engine(for model: ModelSpecification) -> EngineSupervisor {
        dismissed.remove(model.name)
        if let engine = engines[model] { return engine }
        let engine = EngineSupervisor(
            model: model, staysLoaded: model.name == served.stayingLoaded, context: context,
            isShuttingDown: isShuttingDown)
        engines[model] = engine
        return engine
    }

    private func retire(_ engine: EngineSupervisor) {
        engines[engine.model] = nil
        let end = OneShot<Void>()
        retired[ObjectIdentifier(engine)] = (engine, end)
        // Unstructured because it lasts as long as the engine's jobs; `shutDown()` cuts it short.
        Task {
            if await engine.hasBeenLoaded { loadedBefore.insert(engine.model.name) }
            await engine.retire()
            retired[ObjectIdentifier(engine)] = nil
            end.resolve()
        }
    }
}

extension EngineConfiguration {
    fileprivate var rules: Residency<ResidencyController.ID>.Rules {
        Residency.Rules(keepAlive: keepAlive, maximumLoaded: maximumLoaded)
    }
}

extension ModelSpecification {
    fileprivate var hasAllFiles: Bool {
        files.values.allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }
}
