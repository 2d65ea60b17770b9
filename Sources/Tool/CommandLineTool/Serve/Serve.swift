import APIServer
import ArgumentParser
import Concurrency
import Dictation
import EngineLink
import Engines
import Essentials
import Logging
import ModelStore
import NIOCore
import ServiceLifecycle
import Upstreams

/// Configures a server from flags, environment and registry, and runs it.
struct Serving {
    let options: ServeOptions
    let paths: ModelPaths

    /// Serves until a signal, or downloads the default model and returns.
    func run(downloadOnly: Bool) async throws {
        try ModelRegistry.create(at: paths)
        // Before the file is read: an edit after that is noticed, and its creation is none.
        let watch = RegistryWatch(paths.registryFile)
        let registry = try ModelRegistry.load(from: paths, defaultModel: options.defaultModel)
        if let mistake = registry.mistakes(in: .setting("default_model")).first { throw Failure(mistake.description) }
        guard downloadOnly else { return try await serve(registry, watch) }
        guard let name = registry.defaultModel else {
            throw Failure("\(registry.file) names no default_model. Add one, or choose with --default-model.")
        }
        if case .upstream(let entry) = registry.model(named: name) {
            guard let fallback = entry.fallback else {
                return StandardError.report(
                    "The default model '\(name)' is on other servers: there is nothing to fetch.")
            }
            _ = try await RegisteredModels(registry, paths, onProgress: FetchDisplay().show).pull(fallback)
            return
        }
        FirstModel.advice(paths).map(StandardError.report)
        _ = try await RegisteredModels(registry, paths, onProgress: FetchDisplay().show).pull(name)
    }

    private func serve(_ registry: ModelRegistry, _ watch: RegistryWatch) async throws {
        let environment = ProcessInfo.processInfo.environment
        // Makes an upload over the file size limit fail instead of ending the server.
        signal(SIGXFSZ, SIG_IGN)
        let metrics = ServerMetrics(version: Version.text)
        let format = options.logFormat ?? .text
        let log = LogWriter(notice: format.notice, onLoss: metrics.countLostLogLines)
        defer { log.flush() }
        // Libraries' own loggers write to the same log.
        LoggingSystem.bootstrap { format.handler(label: $0, write: log.write) }
        let logger = format.logger(options.logLevel?.level ?? .info, write: log.write)
        try Self.checkThreads(logger: logger)
        for problem in registry.problems { logger.warning("\(problem)") }
        if let advice = FirstModel.advice(paths) { logger.notice("\(advice)") }
        let settings = try options.settings(environment: environment, logger: logger)
        let numThreads = options.threads.numThreads
        let capacity = try options.capacity(environment: environment)
        let executor = EventLoopExecutor()
        let engines = try EngineAssembly(
            registry, paths: paths, numThreads: numThreads, capacity: capacity, loadWait: settings.modelWait,
            loadTimeout: options.loadTimeout?.duration ?? EngineAssembly.standardLoadTimeout,
            engineMemory: options.engineMemory?.bytes, executor: executor, logger: logger, metrics: metrics.registry)
        let directory = engines.directory
        defer { directory.remove() }
        let upstreams = UpstreamPool(
            registry, keys: UpstreamKeys(environment: environment), proxies: ProxySettings(environment: environment),
            executor: executor, metrics: metrics.registry, logger: logger)
        let served: @Sendable (ModelRegistry) -> EngineConfiguration = {
            EngineAssembly.served($0, numThreads: numThreads, capacity: capacity)
        }
        let catalog = ModelService(
            source: RegistrySource(paths: paths, defaultModel: options.defaultModel),
            store: engines.store, engines: engines.pool,
            admission: Admission(registry, maximumQueue: capacity.maximumQueue, lanes: served(registry).threads),
            upstreams: upstreams, modelWait: settings.modelWait, served: served, logger: logger)
        let output = QueueExecutor(label: "standard output")
        let server = SpeechServer(
            settings, catalog: catalog, directory: directory, metrics: metrics, executor: executor, logger: logger
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
        let reloading = RegistryReloading(watch: watch, catalog: catalog)
        var configuration = ServiceGroupConfiguration(
            services: [engines, UpstreamWatch(upstreams: upstreams), reloading, server],
            // Without the library's routine messages.
            logger: format.logger(max(logger.logLevel, .error), write: log.write))
        configuration.maximumGracefulShutdownDuration = settings.shutdownGrace
        let group = ServiceGroup(configuration: configuration)
        let end = ServerEnd(
            drain: server.drain,
            delay: {
                let delay = await capacity.or(catalog.registry.capacity).drainDelay?.duration ?? .zero
                if delay > .zero {
                    logger.notice(
                        "The server stops soon. Until then, it answers requests, but says that it is not ready.",
                        metadata: ["drain_delay": "\(HumanFormat.time(delay))"])
                }
                return delay
            },
            stop: group.triggerGracefulShutdown,
            exit: { number in
                directory.remove()
                log.flush()
                _exit(128 + number)
            })
        let signals = SignalListener([SIGINT, SIGTERM], handler: end.receive)
        defer { signals.stop() }
        do {
            try await group.run()
        } catch {
            guard end.isStopping else {
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
}

extension Failure {
    init(_ error: any Error, settings: ServerSettings) {
        let address = "\(settings.host):\(settings.port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self.init("\(address) is taken by another program. Stop it, or choose another port with --port.")
        case EACCES: self.init("\(address) may not be listened on by this user. Choose a port above 1023 with --port.")
        case EADDRNOTAVAIL: self.init("This machine has no address \(settings.host). Choose another with --host.")
        default: self.init("The server on \(address) failed: \(error). Check --host and --port.")
        }
    }
}

/// Asks upstreams how they are, as long as the server runs.
struct UpstreamWatch: Service {
    let upstreams: UpstreamPool

    func run() async throws { await cancelWhenGracefulShutdown { await upstreams.run() } }
}

/// Applies edits of models.yaml while the server runs: when the file changes, and on SIGHUP.
struct RegistryReloading: Service {
    /// A watch on models.yaml that began before the file was read.
    let watch: RegistryWatch
    let catalog: ModelService

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let (requests, request) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let signal = SignalListener.hangUp { request.yield() }
            defer { signal.stop() }
            await withDiscardingTaskGroup { group in
                group.addTask {
                    var watch = self.watch
                    while (try? await Task.sleep(for: RegistryWatch.interval)) != nil {
                        if watch.look() { request.yield() }
                    }
                }
                for await _ in requests where await catalog.reload() {
                    group.addTask { await catalog.loadDefault() }
                }
                group.cancelAll()
            }
        }
    }
}
