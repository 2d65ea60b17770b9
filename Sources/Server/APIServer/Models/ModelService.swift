import Essentials
import Concurrency
public import Engines
public import Logging
import ModelFamilies
public import ModelStore
import SpeechTypes

/// The registered models as requests see them: by name, ready to transcribe, with their state.
public struct ModelService: Sendable {
    let store: ModelLibrary
    let engines: EnginePool
    let admission: Admission
    let logger: Logger
    private let modelWait: Duration
    private let served: @Sendable (ModelRegistry) -> EngineConfiguration

    /// Joins the models on disk with the processes that load them.
    ///
    /// - Parameters:
    ///   - store: The models on disk, and the registry in force.
    ///   - engines: The processes that load them.
    ///   - admission: Bounds the requests in hand.
    ///   - modelWait: How long a request waits for its model to be fetched.
    ///   - served: What the engines are to serve under a registry.
    ///   - logger: Told what becomes of the default model.
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

    /// Puts another registry in force. Requests that run finish with the models they began with.
    public func use(_ registry: ModelRegistry) async {
        admission.use(registry)
        await store.use(registry)
        await engines.serve(served(registry))
    }

    /// Begins a transcription, the model's files fetched if they were missing.
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

    /// Fetches and loads the default model, waiting for as long as that takes. What goes wrong is logged: the server is
    /// there for the other models.
    public func loadDefault() async {
        var name: String?
        do {
            while true {
                // Asked each time: the registry may change meanwhile.
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
        // A request may have come in between, and have loaded what is gone now.
        try await engines.unload(entry.name)
        logger.info(
            "Deleted a model's files.", metadata: ["model": "\(entry.name)", "bytes": "\(removed.bytes)"])
    }

    /// What is to be said of one model.
    ///
    /// - Parameters:
    ///   - entry: The model.
    ///   - name: What it is called here, if that is another name than its own.
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

    /// Where a model is on its way from the registry to being loaded.
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

    /// When the model's files were last changed; 0 while there are none.
    private static func created(_ model: ModelSpecification) -> Int {
        let dates = model.files.values.compactMap { path in
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        return dates.max().map { Int(clamped: $0.timeIntervalSince1970) } ?? 0
    }
}
