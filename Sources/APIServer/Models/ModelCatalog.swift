import Engine
import Foundation
import Logging
import ModelStore
import SpeechRecognition
import Transcription

/// The registered models as requests see them: by name, ready to transcribe, with their state.
struct ModelCatalog: Sendable {
    let registry: ModelRegistry
    let store: LocalModels
    let engines: EnginePool
    let modelWait: Duration
    let logger: Logger

    /// The engine for a request's model, its files fetched if they were missing.
    ///
    /// - Throws: `ModelError`.
    func engine(for entry: ModelEntry) async throws -> EngineSupervisor {
        let model = try await store.prepare(entry, waitingUpTo: modelWait)
        return await engines.engine(for: model, staysLoaded: entry.name == registry.defaultModel)
    }

    /// Fetches and loads the default model. What goes wrong is logged: the server is there for the other models.
    func loadDefault() async {
        guard let name = registry.defaultModel else { return }
        do {
            let entry = try await store.resolve(name)
            try await load(entry)
            logger.info("The default model is ready.", metadata: ["model": "\(name)"])
        } catch is CancellationError {
            return
        } catch let error as EngineError where error.code == .shuttingDown {
            return
        } catch {
            let reason = (error as? ModelError)?.message ?? (error as? EngineError)?.message ?? "\(error)"
            logger.error(
                "The default model cannot be used; others can.", metadata: ["model": "\(name)", "reason": "\(reason)"])
        }
    }

    /// Waits for as long as fetching and loading take.
    private func load(_ entry: ModelEntry) async throws {
        while true {
            do {
                try await engine(for: entry).load()
                return
            } catch let error as ModelError where error.code == .notReady {
                try await Task.sleep(for: .seconds(1))
            } catch let error as EngineError where error.code == .modelNotReady {
                continue
            }
        }
    }

    /// What is to be said of one model.
    func description(of entry: ModelEntry) async -> ModelDescription {
        let model = entry.specification
        let support = (try? LanguageSupport(of: model)) ?? .notTaken
        let languages = support.languages.isEmpty ? [entry.options.language].compactMap { $0 } : support.languages
        return ModelDescription(
            id: entry.name,
            created: Self.created(model),
            type: entry.family.rawValue,
            languages: languages.map(\.code),
            status: await status(of: entry),
            aliases: registry.aliases.filter { $0.value == entry.name }.keys.sorted(),
            sizeInBytes: Int(await store.sizeOnDisk(of: entry)))
    }

    /// Where a model is on its way from the registry to being loaded.
    func status(of entry: ModelEntry) async -> ModelDescription.Status {
        switch await store.status(of: entry) {
        case .missing: .missing
        case .downloading: .downloading
        case .present:
            switch await engines.status(of: entry.name) {
            case .unloaded: .unloaded
            case .loading: .loading
            case .loaded: .loaded
            case .failed: .failed
            }
        }
    }

    /// When the model's files were last changed; 0 while there are none.
    private static func created(_ model: ModelSpecification) -> Int {
        let dates = model.files.values.compactMap { path in
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        return dates.max().map { Int($0.timeIntervalSince1970) } ?? 0
    }
}
