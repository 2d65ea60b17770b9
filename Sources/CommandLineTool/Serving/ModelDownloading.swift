import Foundation
import Logging
import ModelStore
import Synchronization

/// `--download-model`: fetches the default model, with its progress on standard error.
struct ModelDownloading {
    let registry: ModelRegistry
    let paths: ModelPaths

    /// - Throws: `ModelError` if it cannot be fetched, `Failure` if there is no default model.
    func run() async throws {
        guard let name = registry.defaultModel else {
            throw Failure("\(registry.file) names no default_model. Add one, or choose with --default-model.")
        }
        let lines = Mutex(ProgressLines())
        var logger = Logger(label: "asr2clip", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .critical
        let store = LocalModels(registry: registry, paths: paths, logger: logger) { progress in
            guard let line = lines.withLock({ $0.line(for: progress) }) else { return }
            FileHandle.standardError.write(Data("\(line)\n".utf8))
        }
        let entry = try await store.resolve(name)
        let isThere = await store.status(of: entry) == .present
        _ = try await store.prepare(entry, waitingUpTo: .seconds(7 * 24 * 3600))
        print("Model '\(name)' is \(isThere ? "already " : "")in \(entry.directory)")
    }
}
