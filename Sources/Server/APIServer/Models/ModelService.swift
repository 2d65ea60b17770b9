import Concurrency
package import Engines
import Essentials
package import Logging
import ModelFamilies
package import ModelStore
import SpeechTypes
package import Upstreams

/// The registered models as requests use them: found by name, ready to transcribe, with their state.
package struct ModelService: Sendable {
    /// The models on disk, and the registry in force.
    let store: ModelLibrary
    let engines: EnginePool
    let admission: Admission
    let upstreams: UpstreamPool
    let logger: Logger
    /// How long a request waits for its model to be downloaded.
    let modelWait: Duration
    let source: RegistrySource
    /// Loads that wait for a download.
    let pendingLoads = PendingLoads()
    /// What the engines serve under a registry.
    private let served: @Sendable (ModelRegistry) -> EngineConfiguration
    /// The models that can be added; parsed when it is first called, which takes a while.
    let catalogue: @Sendable () -> Catalogue

    package init(
        source: RegistrySource, store: ModelLibrary, engines: EnginePool, admission: Admission,
        upstreams: UpstreamPool, modelWait: Duration,
        served: @escaping @Sendable (ModelRegistry) -> EngineConfiguration, logger: Logger,
        catalogue: @escaping @Sendable () -> Catalogue = { .builtIn }
    ) {
        self.source = source
        self.store = store
        self.engines = engines
        self.admission = admission
        self.upstreams = upstreams
        self.modelWait = modelWait
        self.served = served
        self.catalogue = catalogue
        self.logger = logger
    }

    /// The registry in force.
    package var registry: ModelRegistry { get async { await store.registry } }

    /// Applies another registry. Running requests finish with the models they started with.
    package func use(_ registry: ModelRegistry) async {
        let served = served(registry)
        admission.use(registry, lanes: served.threads)
        upstreams.use(registry)
        await store.use(registry)
        await engines.serve(served)
    }

    /// Finds the model for the name in a request: a model, an alias or a name of OpenAI's; `nil` for the default model.
    /// Throws `APIError`, or `ModelError` if there is no such model or its entry is unusable.
    func find(_ name: String?) async throws -> RegisteredModel { try await store.find(registered(name)) }

    /// Finds the model like `find`, and throws `ModelError` if it is not one of this machine.
    func resolve(_ name: String?) async throws -> ModelEntry { try await store.resolve(registered(name)) }

    /// The name in the registry for the name in a request.
    private func registered(_ name: String?) async throws -> String {
        let registry = await registry
        if let name, !Self.isOpenAIName(name) || registry.defines(name) { return name }
        guard let name = registry.defaultModel ?? name else {
            throw APIError.missing(
                "model", "The form has no 'model', and the registry no default_model. Send one of GET /v1/models.")
        }
        return name
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
    /// may throw `TranscriptionError` and `EngineError`. They end with the segment that `isEnough`, if not before.
    func transcribe(
        _ job: TranscriptionJob, with entry: ModelEntry, in place: Admission.Place,
        until isEnough: @escaping @Sendable (Transcript.Segment) -> Bool
    ) async throws -> TranscriptEvents {
        let model = try await store.prepare(entry, waitingUpTo: modelWait)
        return await engines.transcribe(job, with: model, onProgress: place.note, until: isEnough)
    }

    /// Downloads and loads the default model, or the one that takes its place if it is on servers of which none can be used,
    /// however long that takes. Errors are only logged, because the other models can still be served.
    package func loadDefault() async {
        // The name is read in each round, because the registry may change meanwhile.
        while let name = await registry.defaultModel, await !engines.isDismissed(name) {
            do {
                let entry: ModelEntry
                switch try await store.find(name) {
                case .local(let found): entry = found
                case .upstream(let far):
                    let state = upstreams.model(of: far).state
                    guard state != .up, let fallback = far.fallback,
                        let found = await registry.entry(named: fallback), await !engines.isDismissed(found.name)
                    else { return }
                    guard state != .unknown else {
                        // Its servers are just being asked.
                        guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                        continue
                    }
                    entry = found
                }
                let model = try await store.prepare(entry, waitingUpTo: modelWait)
                guard await !engines.isDismissed(entry.name) else { return }
                try await engines.load(model)
                return logger.info("The default model is ready.", metadata: ["model": "\(entry.name)"])
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
}
