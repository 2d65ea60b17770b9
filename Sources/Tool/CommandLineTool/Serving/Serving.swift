import APIServer
import ArgumentParser
import Essentials
import Concurrency
import Engines
import EngineLink
import Logging
import ModelStore
import ServiceLifecycle

/// Configures a server from flags, environment and registry, and runs it.
struct Serving {
    private let options: ServeOptions
    private let paths: ModelPaths
    private let environment = ProcessInfo.processInfo.environment

    init(_ options: ServeOptions, paths: ModelPaths) {
        self.options = options
        self.paths = paths
    }

    /// Serves until a signal, or downloads the default model and returns.
    ///
    /// - Throws: `ExitCode` 1 after one line on standard error that says what is wrong.
    func run(downloadOnly: Bool) async throws {
        try await Failure.reported {
            let registry = try ModelRegistry.load(from: paths, defaultModel: options.defaultModel)
            if let mistake = registry.mistakes(in: .setting("default_model")).first {
                throw Failure(mistake.description)
            }
            if downloadOnly {
                try await ModelDownloading(registry: registry, paths: paths, environment: environment).run()
            } else {
                try await serve(registry)
            }
        }
    }

    private func serve(_ registry: ModelRegistry) async throws {
        // Makes an upload over the file size limit fail instead of ending the server.
        signal(SIGXFSZ, SIG_IGN)
        let metrics = ServerMetrics(version: Version.text)
        let log = LogWriter(options.logFormat ?? .text, onLoss: metrics.countLostLogLines)
        defer { log.flush() }
        let logger = makeLogger(log)
        try Self.checkThreads(logger: logger)
        for problem in registry.problems { logger.warning("\(problem)") }
        let settings = try settings(logger)
        let numThreads = options.threads.number
        let capacity = try options.capacity.settings(environment: environment)
        let executor = EventLoopExecutor()
        let engines = try EngineAssembly(
            registry, paths: paths, numThreads: numThreads, capacity: capacity, loadWait: settings.modelWait,
            loadTimeout: options.loadTimeout?.duration ?? EngineAssembly.standardLoadTimeout,
            engineMemory: options.engineMemory?.bytes, executor: executor, logger: logger, metrics: metrics.registry)
        let directory = engines.directory
        defer { directory.remove() }
        let catalog = ModelService(
            store: engines.store, engines: engines.pool,
            admission: Admission(registry, maximumQueue: capacity.maximumQueue), modelWait: settings.modelWait,
            served: { EngineAssembly.served($0, numThreads: numThreads, capacity: capacity) }, logger: logger)
        let output = QueueExecutor(label: "standard output")
        let server = SpeechServer(
            settings, catalog: catalog, directory: directory, metrics: metrics, executor: executor,
            logger: logger
        ) { port in
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            // Not on this thread: the reader may be slow.
            output.run {
                do throws(Failure) {
                    try StandardOutput.print("asr2clip is listening on http://\(host):\(port)")
                } catch {
                    logger.warning("\(error)", metadata: ["port": "\(port)"])
                }
            }
        }
        let reloading = RegistryReloading(
            paths: paths, defaultModel: options.defaultModel, catalog: catalog, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [ModelServices(engines: engines), reloading, server], logger: quiet(logger))
        configuration.maximumGracefulShutdownDuration = settings.shutdownGrace
        let group = ServiceGroup(configuration: configuration)
        let signals = StopSignals {
            await group.triggerGracefulShutdown()
        } second: {
            directory.remove()
            log.flush()
        }
        defer { signals.stop() }
        do {
            try await group.run()
        } catch {
            guard signals.count > 0 else {
                // If the log is not read, writing the reason would block too, and the process must end.
                guard log.flush() else { throw ExitCode.failure }
                throw Failure(error, settings: settings)
            }
            logger.warning("Requests were cut off after \(HumanFormat.time(settings.shutdownGrace)).")
        }
    }

    /// Checks that there are enough threads for a server; if there are few for engines, a warning is logged.
    private static func checkThreads(logger: Logger) throws(Failure) {
        let comfortable = 64
        if let lack = ThreadRoom.lack(of: ThreadRoom.server) { throw Failure(lack) }
        let count = ThreadRoom.possibleThreads(upTo: comfortable)
        guard count < comfortable else { return }
        logger.warning(
            "There is room for few threads, so that engines may not start. \(ThreadRoom.advice)",
            metadata: ["threads": "\(count)"])
    }

    private func settings(_ logger: Logger) throws -> ServerSettings {
        var settings = ServerSettings()
        if let host = options.host { settings.host = host }
        if let port = options.port { settings.port = port }
        if let maximum = options.maximumUpload { settings.maximumUpload = maximum.bytes }
        if let maximum = options.maximumDuration { settings.maximumDuration = maximum.duration }
        if let wait = options.modelWait { settings.modelWait = wait.duration }
        settings.apiKeys = try options.access.apiKeys(environment: environment)
        settings.allowedHosts = options.access.allowedHosts
        settings.allowedOrigins = options.access.allowedOrigins
        settings.connections = OpenFiles.makeRoom(for: options.connections.limits, logger: logger)
        return settings
    }

    /// Creates the logger. Libraries' own loggers write to the same log.
    private func makeLogger(_ log: LogWriter) -> Logger {
        let format = options.logFormat ?? .text
        LoggingSystem.bootstrap { format.handler(label: $0, write: log.write) }
        var logger = Logger(label: LogFormat.label) { format.handler(label: $0, write: log.write) }
        logger.logLevel = options.logLevel?.level ?? .info
        return logger
    }

    /// A logger for libraries, without their routine messages.
    private func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        return quiet
    }
}
