import Concurrency
import Engines
import EngineHost
import Hummingbird
import HummingbirdTesting
import Logging
import ModelStore
import TestSupport
import Upstreams

@testable import APIServer

/// The server's router in this process, with a registry of the fixture models.
struct RouterUnderTest {
    let engines: EnginePool
    let server: SpeechServer
    let router: Router<APIContext>
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - registry: The models.
    ///   - settings: Keys and the like.
    ///   - program: What runs the engines; without it, they cannot start.
    ///   - logger: The server's log.
    /// - Throws: What the file system says.
    init(
        _ registry: TestRegistry = TestRegistry([.whisper]), settings: ServerSettings = ServerSettings(),
        program: (any EngineProgram)? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        folder = try TemporaryFolder()
        let paths = ModelPaths(environment: ["HOME": folder.path], currentFolder: folder.path)
        let registry = try ModelRegistry.parse(registry.yaml, file: "models.yaml", paths: paths)
        let metrics = ServerMetrics(version: "0")
        let executable = EngineExecutable(path: "/nonexistent")
        let directory = try RunDirectory(in: folder.path)
        engines = EnginePool(
            EnginePool.Configuration(
                program: program ?? EngineProcess(executable), runtimeSettings: directory.runtimeSettings,
                loadWait: .zero, detectorModel: Fixtures.voiceActivityModel),
            serving: EngineConfiguration(
                models: Set(registry.entries.map(\.specification)), stayingLoaded: registry.defaultModel, threads: 1,
                keepAlive: nil, maximumLoaded: 2),
            logger: logger)
        let catalog = ModelService(
            source: RegistrySource(paths: paths, defaultModel: nil),
            store: ModelLibrary(registry: registry, paths: paths, proxies: .none, engine: executable, logger: logger),
            engines: engines, admission: Admission(registry, maximumQueue: nil, lanes: 1),
            upstreams: UpstreamPool(
                registry, keys: UpstreamKeys(environment: [:]), proxies: .none, executor: EventLoopExecutor(),
                metrics: metrics.registry, logger: logger),
            modelWait: .zero,
            served: { _ in
                EngineConfiguration(models: [], stayingLoaded: nil, threads: 1, keepAlive: nil, maximumLoaded: 1)
            },
            logger: logger)
        server = SpeechServer(
            settings, catalog: catalog, directory: directory, metrics: metrics, logger: logger
        ) { _ in }
        router = server.makeRouter()
    }

    /// Sends requests through the router.
    func test<R: Sendable>(_ body: @Sendable (any TestClientProtocol) async throws -> R) async throws -> R {
        try await Application(router: router).test(.router, body)
    }
}

extension ServerSettings {
    init(apiKeys: [APIKey]) {
        self.init()
        self.apiKeys = apiKeys
    }
}
