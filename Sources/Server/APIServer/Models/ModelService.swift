import Concurrency
package import Engines
import Essentials
package import Logging
import ModelFamilies
package import ModelStore
import SpeechTypes
import TranscriptFormats

/// The registered models as requests use them: found by name, ready to transcribe, with their state.
package struct ModelService: Sendable {
    /// The models on disk, and the registry in force.
    let store: ModelLibrary
    let engines: EnginePool
    let admission: Admission
    let logger: Logger
    /// How long a request waits for its model to be downloaded.
    let modelWait: Duration
    /// What the engines serve under a registry.
    private let served: @Sendable (ModelRegistry) -> EngineConfiguration

    package init(
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
    package var registry: ModelRegistry { get async { await store.registry } }

    /// Applies another registry. Running requests finish with the models they started with.
    package func use(_ registry: ModelRegistry) async {
        admission.use(registry)
        await store.use(registry)
        await engines.serve(served(registry))
    }

    /// Finds the model for the name in a request: a model, an alias or a name of OpenAI's; `nil` for the default model.
    /// Throws `APIError`, or `ModelError` if there is no such model or its entry is unusable.
    func resolve(_ name: String?) async throws -> ModelEntry {
        let registry = await registry
        if let name, !Self.isOpenAIName(name) || registry.defines(name) { return try await store.resolve(name) }
        guard let name = registry.defaultModel ?? name else {
            throw APIError.missing(
                "model", "The form has no 'model', and the registry no default_model. Send one of GET /v1/models.")
        }
        return try await store.resolve(name)
    }

    /// OpenAI's own model names, which many programs send and cannot change. They mean the default model unless
    /// models.yaml defines them, and they are not listed.
    private static let openAINames: Set<String> = [
        "whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
        "gpt-4o-transcribe-diarize", "gpt-realtime-whisper",
    ]

    /// Whether OpenAI has a model of this name, or a dated version of it, such as gpt-4o-mini-transcribe-2025-12-15.
    private static func isOpenAIName(_ name: String) -> Bool {
        openAINames.contains(String(name.replacing(/-\d{4}-\d{2}-\d{2}$/, with: "")))
    }

    /// Starts a transcription, downloading the model's files first if they are missing. Throws `ModelError`; the events
    /// may throw `TranscriptionError` and `EngineError`.
    func transcribe(
        _ job: TranscriptionJob, with entry: ModelEntry, in place: Admission.Place
    ) async throws -> TranscriptEvents {
        let model = try await store.prepare(entry, waitingUpTo: modelWait)
        place.begin()
        return await engines.transcribe(job, with: model)
    }

    /// Downloads and loads the default model, however long that takes. Errors are only logged, because the other models
    /// can still be served.
    package func loadDefault() async {
        // The name is read in each round, because the registry may change meanwhile.
        while let name = await registry.defaultModel {
            do {
                try await engines.load(store.prepare(store.resolve(name), waitingUpTo: modelWait))
                return logger.info("The default model is ready.", metadata: ["model": "\(name)"])
            } catch let error as ModelError where error.code == .notReady {
                // It is tried again.
            } catch let error as EngineError where [.modelNotReady, .overloaded].contains(error.code) {
                // It is tried again.
            } catch let error as EngineError where error.code == .shuttingDown {
                return
            } catch {
                guard !(error is CancellationError) else { return }
                let reason = (error as? ModelError)?.description ?? (error as? EngineError)?.message ?? "\(error)"
                return logger.error(
                    "The default model cannot be used; others can.",
                    metadata: ["model": "\(name)", "reason": "\(reason)"])
            }
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
        }
    }

    /// Deletes a model's downloaded files once no request uses them. Throws `ModelError` if they may not be deleted.
    func delete(_ entry: ModelEntry) async throws {
        try await store.checkRemovable(entry)
        try await engines.unload(entry.name)
        let removed = try await store.remove(entry)
        // A request may have arrived in between and loaded the deleted files.
        try await engines.unload(entry.name)
        logger.info("Deleted a model's files.", metadata: ["model": "\(entry.name)", "bytes": "\(removed.bytes)"])
    }

    /// The model as `GET /v1/models` shows it, under its own name or another.
    func json(of entry: ModelEntry, as name: String? = nil) async -> JSONValue {
        let (status, percent) = await state(of: entry)
        let (created, languages, size) = await elsewhere { [store] in
            let model = entry.specification
            return (Self.created(model), model.languages.map(\.code), Int(store.sizeOnDisk(of: entry)))
        }
        let aliases = await registry.aliases.filter { $0.value == entry.name }.keys.sorted()
        var members: [(String, JSONValue)] = [
            ("id", .string(name ?? entry.name)), ("object", "model"), ("created", .integer(created)),
            ("owned_by", "local"),
        ]
        if let name, name != entry.name { members.append(("alias_of", .string(entry.name))) }
        members += [
            ("type", .string(entry.family.rawValue)), ("languages", .array(languages.map(JSONValue.string))),
            ("status", .string(status)),
        ]
        if let percent { members.append(("download_percent", .integer(percent))) }
        members += [("aliases", .array(aliases.map(JSONValue.string))), ("size_bytes", .integer(size))]
        return .object(members)
    }

    /// The status of a model, and how much of a running download of known size is done.
    private func state(of entry: ModelEntry) async -> (status: String, percent: Int?) {
        switch await store.status(of: entry) {
        case .missing: ("missing", nil)
        case .downloading(let percent): ("downloading", percent)
        case .present: (await engines.status(of: entry.specification).word, nil)
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
