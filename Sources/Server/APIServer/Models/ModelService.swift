import Essentials
import Concurrency
public import Engines
public import Logging
import ModelFamilies
public import ModelStore
import SpeechTypes

/// The registered models as requests use them: found by name, ready to transcribe, with their state.
public struct ModelService: Sendable {
    let store: ModelLibrary
    let engines: EnginePool
    let admission: Admission
    let logger: Logger
    private let modelWait: Duration
    private let served: @Sendable (ModelRegistry) -> EngineConfiguration

    /// Connects the models on disk with the engines that load them.
    ///
    /// - Parameters:
    ///   - store: The models on disk, and the registry in force.
    ///   - engines: The engines that load them.
    ///   - admission: Limits the admitted requests.
    ///   - modelWait: How long a request waits for its model to be downloaded.
    ///   - served: Returns what the engines serve under a registry.
    ///   - logger: Receives the loading and deletion of models.
    public init(
        store: ModelLibrary, engines: EnginePool, admission: Admission, modelWait: Duration,
        served: @escaping @Sendable (ModelRegistry) -> EngineConfiguration, logger: Logger
    ) {
        self.store = store
        self.engines = engines
        self.admission = admission
        self.modelWait = modelWait
        self.served = served
        self.logger = logger
    }

    /// The registry in force.
    public var registry: ModelRegistry {
        get async { await store.registry }
    }

    /// Applies another registry. Running requests finish with the models they started with.
    public func use(_ registry: ModelRegistry) async {
        admission.use(registry)
        await store.use(registry)
        await engines.serve(served(registry))
    }

    /// Starts a transcription, downloading the model's files first if they are missing.
    ///
    /// - Parameters:
    ///   - job: What to transcribe.
    ///   - entry: The model.
    ///   - place: The request's place in the queue.
    /// - Returns: The events of the transcription.
    /// - Throws: `ModelError`; the events may throw `TranscriptionError` and `EngineError`.
    func transcribe(
        _ job: TranscriptionJob, with entry: ModelEntry, in place: Admission.Place
    ) async throws -> TranscriptEvents {
        let model = try await store.prepare(entry, waitingUpTo: modelWait)
        place.begin()
        return await engines.transcribe(job, with: model)
    }

    /// Downloads and loads the default model, however long that takes. Errors are only logged, because the other models
    /// can still be served.
    public func loadDefault() async {
        var name: String?
        do {
            while true {
                // Read in each round, because the registry may change meanwhile.
                name = await registry.defaultModel
                guard let name else { return }
                do {
                    try await engines.load(store.prepare(store.resolve(name), waitingUpTo: modelWait))
                    return logger.info("The default model is ready.", metadata: ["model": "\(name)"])
                } catch let error as ModelError where error.code == .notReady {
                    try await Task.sleep(for: .seconds(1))
                } catch let error as EngineError where [.modelNotReady, .overloaded].contains(error.code) {
                    try await Task.sleep(for: .seconds(1))
                }
            }
        } catch is CancellationError {
            return
        } catch let error as EngineError where error.code == .shuttingDown {
            return
        } catch {
            let reason = (error as? ModelError)?.description ?? (error as? EngineError)?.message ?? "\(error)"
            logger.error(
                "The default model cannot be used; others can.",
                metadata: ["model": "\(name ?? "")", "reason": "\(reason)"])
        }
    }

    /// Deletes a model's downloaded files once no request uses them.
    ///
    /// - Throws: `ModelError` if they may not be deleted; `CancellationError`.
    func delete(_ entry: ModelEntry) async throws {
        try await store.checkRemovable(entry)
        try await engines.unload(entry.name)
        let removed = try await store.remove(entry)
        // A request may have arrived in between and loaded the deleted files.
        try await engines.unload(entry.name)
        logger.info(
            "Deleted a model's files.", metadata: ["model": "\(entry.name)", "bytes": "\(removed.bytes)"])
    }

    /// Describes one model.
    ///
    /// - Parameters:
    ///   - entry: The model.
    ///   - name: The name to show, if it is not the model's own.
    /// - Returns: What `GET /v1/models` shows.
    func description(of entry: ModelEntry, as name: String? = nil) async -> ModelDescription {
        let (status, percent) = await state(of: entry)
        let (created, languages, size) = await elsewhere { [store] in
            let model = entry.specification
            return (Self.created(model), model.languages.map(\.code), Int(store.sizeOnDisk(of: entry)))
        }
        return ModelDescription(
            id: name ?? entry.name,
            created: created,
            aliasOf: name == nil || name == entry.name ? nil : entry.name,
            type: entry.family.rawValue,
            languages: languages,
            status: status,
            downloadPercent: percent,
            aliases: await registry.aliases.filter { $0.value == entry.name }.keys.sorted(),
            sizeInBytes: size)
    }

    /// The state of a model, from its registration to being loaded.
    private func state(of entry: ModelEntry) async -> (ModelDescription.Status, percent: Int?) {
        switch await store.status(of: entry) {
        case .missing: (.missing, nil)
        case .downloading(let percent): (.downloading, percent)
        case .present:
            switch await engines.status(of: entry.specification) {
            case .unloaded: (.unloaded, nil)
            case .loading: (.loading, nil)
            case .loaded: (.loaded, nil)
            case .failed: (.failed, nil)
            }
        }
    }

    /// When the model's files were last modified; 0 if there are none.
    private static func created(_ model: ModelSpecification) -> Int {
        let dates = model.files.values.compactMap { path in
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        return dates.max().map { Int(clamped: $0.timeIntervalSince1970) } ?? 0
    }
}
