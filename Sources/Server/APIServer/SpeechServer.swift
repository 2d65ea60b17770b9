package import Concurrency
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server: OpenAI's transcription API for the registered models.
package struct SpeechServer: Service {
    private let settings: ServerSettings
    private let catalog: ModelService
    private let spool: UploadSpool
    private let metrics: ServerMetrics
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void
    private let shutdown = Shutdown()
    private let executor: EventLoopExecutor
    private let hangUps: DisconnectRegistry
    private let sessions: LiveSessions

    /// Connections and requests are handled on `executor`; the engines' answers are best read on it too. `onListening`
    /// is called with the port once the server listens.
    package init(
        _ settings: ServerSettings, catalog: ModelService, directory: RunDirectory, metrics: ServerMetrics,
        executor: EventLoopExecutor = EventLoopExecutor(), logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.settings = settings
        self.catalog = catalog
        self.logger = logger
        self.onListening = onListening
        self.metrics = metrics
        self.executor = executor
        hangUps = DisconnectRegistry(on: executor)
        sessions = LiveSessions(settings.live, metrics: metrics.registry)
        spool = UploadSpool(
            directory: directory.uploads, restore: directory.restore, maximum: settings.connections.uploads,
            metrics: metrics)
    }

    /// Listens until graceful shutdown, then finishes the running requests; loads the default model meanwhile. If it
    /// cannot listen, it throws the system's error and starts nothing.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let (hasBegun, listening) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingNewest(1))
        let application = Application(
            router: makeRouter(),
            server: makeConnections(),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024),  // Many may arrive at once.
            onServerRunning: { channel in
                if let text = channel.localAddress?.exposureWarning(hasKeys: !settings.apiKeys.isEmpty) {
                    logger.warning("\(text)")
                }
                onListening(channel.localAddress?.port ?? settings.port)
                listening.finish()
            },
            eventLoopGroupProvider: .shared(executor.eventLoop),
            logger: quiet)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for await _ in hasBegun {}
                    // The loop also ends if listening failed: then nothing is loaded.
                    try Task.checkCancellation()
                    await catalog.loadDefault()
                }
                try await withTaskExecutorPreference(executor) { try await application.run() }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            shutdown.refuse()
            catalog.source.close()
        }
    }

    /// Lets balancers know that the server is about to stop: from now on, it is not ready. It still answers all requests.
    package func drain() { shutdown.drain() }

    private var crossOriginPolicy: CrossOriginPolicy { CrossOriginPolicy(allowing: settings.allowedOrigins) }

    /// The handlers between a connection's bytes and its requests.
    func makeConnections() -> HTTPServerBuilder {
        let count = ConnectionCount(maximum: settings.connections.maximum)
        return HTTPServerBuilder { [policy = crossOriginPolicy] responder in
            HTTPConnection(
                responder: responder, limits: settings.connections, count: count, policy: policy, hangUps: hangUps,
                shutdown: shutdown, metrics: metrics, log: logger)
        }
    }

    /// The middleware that every request passes, and the endpoints.
    func makeRouter() -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestIDMiddleware(log: logger))
        router.add(middleware: CrossOriginHeaders(policy: crossOriginPolicy))
        router.add(middleware: AccessLogMiddleware(metrics: metrics))
        router.add(middleware: ErrorMiddleware())
        router.add(middleware: shutdown)
        let hosts = AllowedHosts(
            listeningOn: settings.host, isLoopback: Loopback.bounds(settings.host), listed: settings.allowedHosts)
        router.add(middleware: OriginPolicyMiddleware(hosts: hosts, policy: crossOriginPolicy))
        let authentication = Authentication(keys: settings.apiKeys)
        router.add(middleware: authentication)
        let audio = AudioEndpoints(
            catalog: catalog, reader: FormReader(spool: spool, maximumUpload: settings.maximumUpload),
            maximumDuration: settings.maximumDuration, hangUps: hangUps)
        Routes(
            audio: audio,
            models: ModelEndpoints(
                catalog: catalog, authentication: authentication, allowsChanges: settings.allowsModelChanges,
                hangUps: hangUps),
            catalogue: CatalogueEndpoint(catalog: catalog, changes: settings.modelChanges),
            monitoring: MonitoringEndpoints(
                catalog: catalog, sessions: sessions, spool: spool, metrics: metrics, shutdown: shutdown),
            realtime: RealtimeEndpoint(
                catalog: catalog, authentication: authentication, secrets: ClientSecrets(), sessions: sessions,
                budget: MessageBudget()),
            whisperServer: WhisperServerEndpoints(audio: audio), whisperService: WhisperServiceEndpoints(audio: audio)
        ).add(to: router)
        return router
    }
}
