import APIServer
import CoreMetrics
import Engine
import Foundation
import Logging
import ModelStore
import SpeechRecognition

/// The registered models and the engines that run them: the same for the server and for the tool without one.
struct ModelEngines {
    let store: LocalModels
    let pool: EnginePool
    let directory: RunDirectory

    /// Makes them; nothing is fetched or started yet.
    ///
    /// - Parameters:
    ///   - registry: The models.
    ///   - paths: Where they are.
    ///   - numThreads: What flags or configuration say of the number of threads.
    ///   - loadWait: How long a request waits for its model to load.
    ///   - logger: For the engines and for fetches.
    ///   - metrics: Where the engines are counted.
    ///   - onProgress: Told of fetches instead of the log.
    /// - Throws: `Failure`.
    init(
        _ registry: ModelRegistry, paths: ModelPaths, numThreads: Int?, loadWait: Duration, logger: Logger,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        onProgress: (@Sendable (DownloadProgress) -> Void)? = nil
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        directory = try Self.runDirectory(environment)
        store = LocalModels(
            registry: registry, paths: paths, proxies: ProxySettings(environment: environment), logger: logger,
            onProgress: onProgress)
        pool = EnginePool(
            EnginePool.Configuration(
                executable: try Self.executable(), directory: directory.sockets, loadWait: loadWait,
                detectorModel: InstalledFiles.detectorModel),
            serving: Self.served(registry, numThreads: numThreads), logger: logger, metrics: metrics)
    }

    /// Ends fetches and engines, and removes what they kept on disk.
    func shutDown() async {
        await store.shutDown()
        await pool.shutDown()
        directory.remove()
    }

    /// All usable models, with as many decode lanes as asked for, but no more than there are cores.
    static func served(_ registry: ModelRegistry, numThreads: Int?) -> ServedModels {
        ServedModels(
            models: Set(registry.entries.map(\.specification)), stayingLoaded: registry.defaultModel,
            lanes: min(numThreads ?? registry.numThreads ?? 4, ProcessInfo.processInfo.activeProcessorCount))
    }

    /// The path of this program, which is the engines' too.
    ///
    /// - Throws: `Failure`.
    static func executable() throws(Failure) -> String {
        guard let path = Bundle.main.executablePath else {
            throw Failure("Cannot find the path of this program, which the engines are started from.")
        }
        return path
    }

    private static func runDirectory(_ environment: [String: String]) throws(Failure) -> RunDirectory {
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        do {
            return try RunDirectory(in: parent)
        } catch {
            throw Failure(
                "Cannot make a folder for temporary files in \(parent): \(error.localizedDescription) "
                    + "Set TMPDIR to a folder that can be written.")
        }
    }
}
