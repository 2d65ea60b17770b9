import EngineHost
import Essentials
import Logging
import ModelStore

/// `--download-model`: downloads the default model and shows the progress on standard error.
struct ModelDownloading {
    let registry: ModelRegistry
    let paths: ModelPaths
    let environment: [String: String]

    /// The timeout: longer than any download takes.
    static let patience = Duration.seconds(7 * 24 * 3600)

    /// - Throws: `ModelError` if it cannot be downloaded, `Failure` if there is no default model, or its path cannot be
    ///   printed.
    func run() async throws {
        guard let name = registry.defaultModel else {
            throw Failure("\(registry.file) names no default_model. Add one, or choose with --default-model.")
        }
        var logger = Logger(label: LogFormat.label) { LogFormat.text.handler(label: $0, write: StandardError.write) }
        logger.logLevel = .critical
        let store = ModelLibrary(
            registry: registry, paths: paths, proxies: ProxySettings(environment: environment),
            engine: EngineExecutable(besideProgram: try ThisProgram.path()), logger: logger,
            onProgress: FetchDisplay().show)
        let entry = try await store.resolve(name)
        let isThere = await store.status(of: entry) == .present
        _ = try await StoppableFetch(store: store).run { try await store.prepare(entry, waitingUpTo: Self.patience) }
        try StandardOutput.print("Model '\(name)' is \(isThere ? "already " : "")in \(entry.directory)")
    }
}
