import APIServer
import ArgumentParser
import Engine
import Foundation
import Logging
import ModelStore
import ServiceLifecycle

/// Puts a server together from flags, environment and registry, and runs it.
struct Serving {
    private let options: ServeOptions
    private let environment = ProcessInfo.processInfo.environment

    init(_ options: ServeOptions) {
        self.options = options
    }

    /// Serves until a signal, or fetches the default model and returns.
    ///
    /// - Throws: `ExitCode` 1 after one line on standard error that says what is wrong.
    func run(downloadOnly: Bool) async throws {
        try await Failure.reported {
            let paths = options.registry.paths
            let registry = try ModelRegistry.load(from: paths, defaultModel: options.defaultModel)
            if let mistake = registry.mistakes(in: .setting("default_model")).first {
                throw Failure(mistake.description)
            }
            if downloadOnly {
                try await ModelDownloading(registry: registry, paths: paths, proxies: proxies).run()
            } else {
                try await serve(registry, paths: paths)
            }
        }
    }

    private func serve(_ registry: ModelRegistry, paths: ModelPaths) async throws {
        let logger = makeLogger()
        for problem in registry.problems { logger.warning("\(problem)") }
        let directory = try runDirectory()
        defer { directory.remove() }
        let settings = settings()
        let store = LocalModels(registry: registry, paths: paths, proxies: proxies, logger: logger)
        let engines = EnginePool(
            EnginePool.Configuration(
                executable: try executable(), directory: directory.sockets, loadWait: settings.modelWait),
            serving: served(registry), logger: logger)
        let catalog = ModelCatalog(
            store: store, engines: engines, modelWait: settings.modelWait, served: served, logger: logger)
        let server = SpeechServer(settings, catalog: catalog, directory: directory, logger: logger) { port in
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            print("asr2clip is listening on http://\(host):\(port)")
            fflush(nil)
        }
        let reloading = RegistryReloading(
            paths: paths, defaultModel: options.defaultModel, catalog: catalog, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [ModelServices(store: store, engines: engines), reloading, server], logger: quiet(logger))
        configuration.maximumGracefulShutdownDuration = settings.shutdownGrace
        let group = ServiceGroup(configuration: configuration)
        let signals = StopSignals {
            await group.triggerGracefulShutdown()
        } second: {
            directory.remove()
        }
        defer { signals.stop() }
        do {
            try await group.run()
        } catch {
            guard signals.count > 0 else { throw Failure(error, settings: settings) }
            logger.warning("Requests were cut off after \(settings.shutdownGrace).")
        }
    }

    private func settings() -> ServerSettings {
        let defaults = ServerSettings()
        return ServerSettings(
            host: options.host ?? defaults.host,
            port: options.port ?? defaults.port,
            maximumUpload: options.maximumUpload?.bytes ?? defaults.maximumUpload,
            maximumDuration: options.maximumDuration?.duration ?? defaults.maximumDuration,
            modelWait: options.modelWait?.duration ?? defaults.modelWait,
            apiKeys: apiKeys)
    }

    private var proxies: ProxySettings { ProxySettings(environment: environment) }

    /// The keys of flags and environment, empty ones left out.
    private var apiKeys: [APIKey] {
        (options.apiKeys + [environment["ASR2CLIP_API_KEY"] ?? ""]).filter { !$0.isEmpty }.map(APIKey.init)
    }

    /// All usable models, with as many decode lanes as asked for, but no more than there are cores.
    private func served(_ registry: ModelRegistry) -> ServedModels {
        ServedModels(
            models: Set(registry.entries.map(\.specification)), stayingLoaded: registry.defaultModel,
            lanes: min(options.numThreads ?? registry.numThreads ?? 4, ProcessInfo.processInfo.activeProcessorCount))
    }

    private func runDirectory() throws -> RunDirectory {
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        do {
            return try RunDirectory(in: parent)
        } catch {
            throw Failure(
                "Cannot make a folder for temporary files in \(parent): \(error.localizedDescription) "
                    + "Set TMPDIR to a folder that can be written.")
        }
    }

    private func executable() throws -> String {
        guard let path = Bundle.main.executablePath else {
            throw Failure("Cannot find the path of this program, which the engines are started from.")
        }
        return path
    }

    private func makeLogger() -> Logger {
        var logger = Logger(label: "asr2clip", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = options.logLevel?.level ?? .info
        return logger
    }

    /// For libraries, whose everyday news is not our users'.
    private func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        return quiet
    }
}
