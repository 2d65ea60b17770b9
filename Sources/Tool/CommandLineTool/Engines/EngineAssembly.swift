import APIServer
import Concurrency
import Dictation
import EngineHost
import Engines
import Essentials
import Logging
import ModelFamilies
import ModelStore
import PrometheusMetrics
import ServiceLifecycle
import SpeechTypes

/// The registered models and the engines that run them, for the server and for the tool without a server.
struct EngineAssembly: Service {
    let store: ModelLibrary
    let pool: EnginePool
    let directory: RunDirectory

    /// Many times as long as the largest models take to load from a slow disk.
    static let standardLoadTimeout = Duration.seconds(300)

    init(
        _ registry: ModelRegistry, paths: ModelPaths, numThreads: Int?, capacity: CapacitySettings, loadWait: Duration,
        loadTimeout: Duration = Self.standardLoadTimeout, engineMemory: Int? = nil,
        executor: EventLoopExecutor = EventLoopExecutor(), logger: Logger,
        metrics: MetricRegistry = MetricRegistry(),
        onProgress: (@Sendable (DownloadProgress) -> Void)? = nil
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        directory = try RunDirectory(in: environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
        let executable = EngineExecutable(besideProgram: try ThisProgram.path())
        store = ModelLibrary(
            registry: registry, paths: paths, proxies: ProxySettings(environment: environment), engine: executable,
            logger: logger, onProgress: onProgress)
        pool = EnginePool(
            EnginePool.Configuration(
                program: EngineProcess(executable, loadTimeout: loadTimeout),
                runtimeSettings: directory.runtimeSettings, restore: directory.restore, loadWait: loadWait,
                detectorModel: ThisProgram.detectorModel, engineMemory: engineMemory, executor: executor),
            serving: Self.served(registry, numThreads: numThreads, capacity: capacity), logger: logger, metrics: metrics
        )
    }

    /// Lets engines and downloads outlive the server's last request.
    func run() async throws {
        await store.removeAbandonedDownloads()
        try? await gracefulShutdown()
        await shutDown()
    }

    /// Ends downloads and engines, and removes their temporary files.
    func shutDown() async {
        await store.shutDown()
        await pool.shutDown()
        directory.remove()
    }

    /// All usable models, with the requested number of threads, but no more than there are cores.
    static func served(_ registry: ModelRegistry, numThreads: Int?, capacity: CapacitySettings) -> EngineConfiguration {
        let capacity = capacity.or(registry.capacity)
        return EngineConfiguration(
            models: Set(registry.entries.map(\.specification)), stayingLoaded: registry.defaultModel,
            threads: min(numThreads ?? registry.numThreads ?? 4, ProcessInfo.processInfo.activeProcessorCount),
            keepAlive: (capacity.keepAlive ?? .standard).duration,
            maximumLoaded: capacity.maximumLoadedModels ?? CapacitySettings.standardLoadedModels)
    }
}

/// The tool's own engine, which ends with the tool: `engine: sherpa_onnx`.
struct OwnEngine: Transcriber {
    private let engines: EngineAssembly
    private let entry: ModelEntry

    var takesLanguage: Bool { entry.family.takesLanguage }

    /// The timeout for loading: longer than any model takes.
    private static let loadWait = Duration.seconds(600)

    /// Finds the model and creates an engine for it, which starts with `warmUp()` or the first job.
    init(_ paths: ModelPaths, model: String?, numThreads: Int?) async throws {
        let registry = try ModelRegistry.load(from: paths)
        guard let name = model ?? registry.defaultModel else {
            throw Failure("\(registry.file) names no default_model. Add one, or choose with --model.")
        }
        // An engine's failures are reported by the errors of its jobs.
        engines = try EngineAssembly(
            registry, paths: paths, numThreads: numThreads, capacity: CapacitySettings(keepAlive: KeepAlive(nil)),
            loadWait: Self.loadWait, logger: .silent, onProgress: FetchDisplay().show)
        do {
            entry = try await engines.store.resolve(name)
        } catch {
            await engines.shutDown()
            throw error
        }
    }

    func warmUp() async {
        guard entry.missingFiles().isEmpty else { return }
        try? await engines.pool.load(entry.specification)
    }

    func transcribe(_ job: TranscriptionJob) async throws -> TranscriptEvents {
        let model = try await engines.store.prepare(entry, waitingUpTo: RegisteredModels.downloadTime)
        return await engines.pool.transcribe(job, with: model)
    }

    func shutDown() async { await engines.shutDown() }
}
