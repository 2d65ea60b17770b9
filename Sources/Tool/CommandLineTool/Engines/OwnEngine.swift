import Dictation
import Engines
import Essentials
import Logging
import ModelStore
import SpeechTypes

/// The tool's own engine, which ends with the tool: `engine: sherpa_onnx`.
struct OwnEngine: Transcriber {
    /// The model's name.
    let model: String
    private let engines: EngineAssembly
    private let entry: ModelEntry

    /// Whether the model accepts a language.
    var takesLanguage: Bool { entry.family.takesLanguage }

    /// The timeout for loading: longer than any model takes.
    private static let loadWait = Duration.seconds(600)

    /// Finds the model and creates an engine for it, which starts with `warmUp()` or the first job.
    ///
    /// - Parameters:
    ///   - paths: The paths of the registry and the models.
    ///   - model: A name or alias; `nil` for the default model.
    ///   - numThreads: The number of threads from flags or configuration.
    /// - Throws: `RegistryError`, `ModelError`, `Failure`.
    init(_ paths: ModelPaths, model: String?, numThreads: Int?) async throws {
        let registry = try ModelRegistry.load(from: paths)
        guard let name = model ?? registry.defaultModel else {
            throw Failure("\(registry.file) names no default_model. Add one, or choose with --model.")
        }
        // An engine's failures are reported by the errors of its jobs.
        var logger = Logger(label: LogFormat.label) { LogFormat.text.handler(label: $0, write: StandardError.write) }
        logger.logLevel = .critical
        engines = try EngineAssembly(
            registry, paths: paths, numThreads: numThreads, capacity: CapacitySettings(keepAlive: KeepAlive(nil)),
            loadWait: Self.loadWait, logger: logger, onProgress: FetchDisplay().show)
        do {
            entry = try await engines.store.resolve(name)
        } catch {
            await engines.shutDown()
            throw error
        }
        self.model = entry.name
    }

    /// Loads the model before there is a job. The first job reports any failure.
    func warmUp() async {
        guard entry.missingFiles().isEmpty else { return }
        try? await engines.pool.load(entry.specification)
    }

    /// Starts a transcription; downloads the model first if necessary.
    func transcribe(_ job: TranscriptionJob) async throws -> TranscriptEvents {
        let model = try await engines.store.prepare(entry, waitingUpTo: ModelDownloading.patience)
        return await engines.pool.transcribe(job, with: model)
    }

    /// Ends the engine.
    func shutDown() async {
        await engines.shutDown()
    }
}
