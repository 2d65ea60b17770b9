import Engines
import EngineHost
import Hummingbird
import HummingbirdTesting
import Logging
import ModelStore
import TestSupport

@testable import APIServer

/// The server's router in this process, with a registry of the fixture models. Its engines cannot start.
struct RouterUnderTest {
    let server: SpeechServer
    let router: Router<APIContext>
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - registry: The models.
    ///   - settings: Keys and the like.
    ///   - logger: The server's log.
    /// - Throws: What the file system says.
    init(
        _ registry: TestRegistry = TestRegistry([.whisper]), settings: ServerSettings = ServerSettings(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        folder = try TemporaryFolder()
        let paths = ModelPaths(environment: ["HOME": folder.path], currentFolder: folder.path)
        let registry = try ModelRegistry.parse(registry.yaml, file: "models.yaml", paths: paths)
        let metrics = ServerMetrics(version: "0")
        let executable = EngineExecutable(path: "/nonexistent")
        let engines = EnginePool(
            EnginePool.Configuration(
                program: EngineProcess(executable), runtimeSettings: "", loadWait: .zero,
                detectorModel: nil),
            serving: EngineConfiguration(
                models: Set(registry.entries.map(\.specification)), stayingLoaded: registry.defaultModel, threads: 1,
                keepAlive: nil, maximumLoaded: 1),
            logger: logger)
        let catalog = ModelService(
            store: ModelLibrary(registry: registry, paths: paths, proxies: .none, engine: executable, logger: logger),
            engines: engines, admission: Admission(registry, maximumQueue: nil), modelWait: .zero,
            served: { _ in
                EngineConfiguration(models: [], stayingLoaded: nil, threads: 1, keepAlive: nil, maximumLoaded: 1)
            },
            logger: logger)
        server = SpeechServer(
            settings, catalog: catalog, directory: try RunDirectory(in: folder.path), metrics: metrics, logger: logger
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
