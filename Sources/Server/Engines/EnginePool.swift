public import Concurrency
public import EngineHost
import EngineLink
import Essentials
package import Logging
public import ModelFamilies
package import PrometheusMetrics
public import SpeechTypes

/// The engines of a server, one per model, created on first use.
///
/// If a model is no longer served, its engine ends with its last job: a change of the registry neither cuts off a job
/// nor waits for one.
public actor EnginePool {
    /// How engines are run.
    public struct Configuration: Sendable {
        /// The program that engines run.
        public var program: any EngineProgram
        /// The path of a file with settings for ONNX Runtime (`RuntimeSettings.text`).
        public var runtimeSettings: String
        /// Writes that file again if it has been removed; called before each start of an engine.
        public var restore: @Sendable () throws -> Void
        /// How long a request waits for a model to load.
        public var loadWait: Duration
        /// The path of the voice activity model; `nil` if it is not installed.
        public var detectorModel: String?
        /// The most bytes of memory each engine may have for data; `nil` for what the machine or control group has.
        public var engineMemory: Int?
        /// How long an engine with a running request may send nothing; noticing it may take as long again. A working
        /// engine reports every second, so a silent one hangs.
        public var patience: Duration
        /// How long a decode may take before its engine counts as hanging.
        public var decodePatience: DecodePatience
        /// How long a request that was running when its engine ended waits if there is no memory to run it apart.
        public var suspectWait: Duration
        /// Returns how many bytes of memory are free for another engine; asks the system unless a test replaces it.
        public var freeMemory: @Sendable () -> Int
        /// The executor that reads the engines' answers.
        public var executor: EventLoopExecutor

        /// Describes how engines are run.
        public init(
            program: any EngineProgram, runtimeSettings: String,
            restore: @escaping @Sendable () throws -> Void = {}, loadWait: Duration, detectorModel: String?,
            engineMemory: Int? = nil, patience: Duration = .seconds(30),
            decodePatience: DecodePatience = .standard, suspectWait: Duration = .seconds(600),
            freeMemory: (@Sendable () -> Int)? = nil, executor: EventLoopExecutor = EventLoopExecutor()
        ) {
            self.program = program
            self.runtimeSettings = runtimeSettings
            self.restore = restore
            self.loadWait = loadWait
            self.detectorModel = detectorModel
            self.engineMemory = engineMemory
            self.patience = patience
            self.decodePatience = decodePatience
            self.suspectWait = suspectWait
            self.freeMemory = freeMemory ?? { MachineMemory.free }
            self.executor = executor
        }
    }

    private var surroundings: EngineContext
    private let quarantine: Quarantine
    private var served: EngineConfiguration
    private var engines: [ModelSpecification: EngineSupervisor] = [:]
    /// Engines that end with their last job; each `end` resolves once the process is gone.
    private var retired: [ObjectIdentifier: (engine: EngineSupervisor, end: OneShot<Void>)] = [:]
    private var isShuttingDown = false
    /// Names of models that were loaded by engines that are gone.
    private var loadedBefore: Set<String> = []

    /// Makes a pool for these models; no engine is started yet.
    ///
    /// - Parameters:
    ///   - configuration: How engines are run.
    ///   - served: The models.
    ///   - logger: Receives starts, ends and failures of engines, and their standard error.
    ///   - metrics: Where `EngineMetrics` are counted.
    package init(
        _ configuration: Configuration, serving served: EngineConfiguration, logger: Logger,
        metrics: MetricRegistry = MetricRegistry()
    ) {
        self.served = served
        let room = ResidencyController(served.rules, defaultModel: served.stayingLoaded)
        var surroundings = EngineContext(
            program: configuration.program, executor: configuration.executor,
            detectorModel: configuration.detectorModel, runtimeSettings: configuration.runtimeSettings,
            restore: configuration.restore, threads: served.threads, memory: configuration.engineMemory,
            loadWait: configuration.loadWait, patience: configuration.patience,
            decodePatience: configuration.decodePatience, room: room,
            suspectWait: configuration.suspectWait, freeMemory: configuration.freeMemory, logger: logger,
            metrics: metrics)
        quarantine = Quarantine(beside: surroundings)
        surroundings.quarantine = quarantine
        self.surroundings = surroundings
        // Unstructured because it lasts as long as the pool; `shutDown()` ends the stream of vacancies.
        Task { [weak self] in
            for await _ in room.vacancies { await self?.bringBackDefault() }
        }
    }

    /// Gives a job to its model's engine, starting the engine if necessary.
    ///
    /// - Parameters:
    ///   - job: What to transcribe.
    ///   - model: The model, whose files are present. If it is no longer served, it gets an engine for this job alone.
    /// - Returns: Events that may throw `TranscriptionError` and `EngineError`.
    public func transcribe(_ job: TranscriptionJob, with model: ModelSpecification) -> TranscriptEvents {
        let engine = engine(for: model)
        defer { if !served.models.contains(model) { retire(engine) } }
        return engine.transcribe(job)
    }

    /// Loads a model unless it is loaded, and waits for it.
    ///
    /// - Throws: `EngineError`; `.modelNotReady` if the model is no longer served.
    public func load(_ model: ModelSpecification) async throws {
        guard served.models.contains(model) else {
            throw EngineError(.modelNotReady, "Model '\(model.name)' has just been changed. Try again soon.")
        }
        try await engine(for: model).load()
    }

    /// Starts a model's engine unless it runs or must not be retried yet, without waiting for it.
    ///
    /// An engine that was ended for another model is not started: it returns with its next job, or when a slot is free.
    ///
    /// - Returns: The engine's status after that.
    public func wake(_ model: ModelSpecification) async -> EngineStatus {
        guard served.models.contains(model) else { return .unloaded }
        let engine = engine(for: model)
        return await engine.isResting ? .unloaded : await engine.wake()
    }

    /// Serves these models from now on.
    ///
    /// If a model's definition or files have changed, its engine takes no further job and ends with its last one. If it
    /// was loaded, the new model is loaded at once, provided that its files are present.
    public func serve(_ new: EngineConfiguration) async {
        var loaded: Set<ModelSpecification> = []
        var outdated: Set<ModelSpecification> = []
        for (model, engine) in engines {
            if [.loaded, .loading].contains(await engine.status) { loaded.insert(model) }
            if await engine.hasOtherFiles { outdated.insert(model) }
        }
        // Nothing is awaited from here to the last retirement, so a job finds either the old state or the new one.
        if new.threads != served.threads { outdated.formUnion(engines.keys) }
        served = new
        surroundings.threads = new.threads
        let leaving = engines.filter { !new.models.contains($0.key) || outdated.contains($0.key) }
        for engine in leaving.values { retire(engine) }

        await surroundings.room.use(new.rules, defaultModel: new.stayingLoaded)
        for engine in engines.values { await engine.keepLoaded(engine.model.name == new.stayingLoaded) }
        await quarantine.serve(threads: new.threads)
        let reloaded = Set(leaving.keys.filter(loaded.contains).map(\.name))
        for model in new.models where reloaded.contains(model.name) && model.hasAllFiles { _ = await wake(model) }
    }

    /// Ends the engines of a model after their current jobs, and waits until they are gone.
    ///
    /// - Throws: `CancellationError`; the engines still end.
    public func unload(_ name: String) async throws {
        for engine in engines.values where engine.model.name == name { retire(engine) }
        for (engine, end) in retired.values where engine.model.name == name { try await end.value() }
        await quarantine.unload(name)
    }

    /// The status of a model's engine.
    public func status(of model: ModelSpecification) async -> EngineStatus {
        await engines[model]?.status ?? .unloaded
    }

    /// Whether the model of this name has been loaded at least once.
    public func hasBeenLoaded(_ name: String) async -> Bool {
        if loadedBefore.contains(name) { return true }
        for engine in allEngines where engine.model.name == name {
            if await engine.hasBeenLoaded { return true }
        }
        return false
    }

    /// The state of each engine, sorted by model name.
    public func reports() async -> [EngineReport] {
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
    public func measurements() async -> [EngineReport] {
        await withTaskGroup { group in
            for engine in allEngines { group.addTask { await engine.measurement() } }
            var reports: [EngineReport] = []
            for await report in group { reports.append(report) }
            return reports
        }
    }

    /// Ends all engines and starts no more.
    public func shutDown() async {
        isShuttingDown = true
        await withTaskGroup { group in
            for engine in allEngines { group.addTask { await engine.shutDown() } }
            group.addTask { [quarantine] in await quarantine.shutDown() }
        }
        await surroundings.room.close()
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
        if let engine = engines[model] { return engine }
        let engine = EngineSupervisor(
            model: model, staysLoaded: model.name == served.stayingLoaded, surroundings: surroundings,
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
            end.resolve(.success(()))
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
