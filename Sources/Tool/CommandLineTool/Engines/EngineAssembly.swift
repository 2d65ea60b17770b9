import APIServer
import PrometheusMetrics
import Engines
import EngineHost
import Concurrency
import Essentials
import Logging
import ModelFamilies
import ModelStore

/// The registered models and the engines that run them, for the server and for the tool without a server.
struct EngineAssembly {
    let store: ModelLibrary
    let pool: EnginePool
    let directory: RunDirectory

    /// Many times as long as the largest models take to load from a slow disk.
    static let standardLoadTimeout = Duration.seconds(300)

    /// Creates the assembly; nothing is downloaded or started yet.
    ///
    /// - Parameters:
    ///   - registry: The models.
    ///   - paths: The paths of the registry and the models.
    ///   - numThreads: The number of threads from flags or configuration.
    ///   - capacity: The limits on models in memory from flags and environment.
    ///   - loadWait: How long a request waits for its model to load.
    ///   - loadTimeout: How long an engine may take to load its model.
    ///   - engineMemory: The limit of each engine's data memory, in bytes.
    ///   - executor: Reads the engines' responses.
    ///   - logger: The logger for the engines and downloads.
    ///   - metrics: Where the engines are counted.
    ///   - onProgress: Receives the progress of downloads instead of the log.
    /// - Throws: `Failure`, `RunDirectoryError`.
    init(
        _ registry: ModelRegistry, paths: ModelPaths, numThreads: Int?, capacity: CapacitySettings, loadWait: Duration,
        loadTimeout: Duration = Self.standardLoadTimeout,
        engineMemory: Int? = nil, executor: EventLoopExecutor = EventLoopExecutor(), logger: Logger,
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
                detectorModel: InstalledFiles.detectorModel, engineMemory: engineMemory,
                executor: executor),
            serving: Self.served(registry, numThreads: numThreads, capacity: capacity), logger: logger, metrics: metrics
        )
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
