import Dictation
import Engines
import Essentials
import Logging
import ModelStore
import SpeechTypes

/// An engine of the tool's own, for as long as it runs: `engine: sherpa_onnx`.
struct OwnEngine: Transcriber {
    /// The model's name.
    let model: String
    private let engines: EngineAssembly
    private let entry: ModelEntry

    /// Whether the model can be told the language.
    var takesLanguage: Bool { entry.family.takesLanguage }

    /// Longer than any model takes to load.
    private static let loadWait = Duration.seconds(600)

    /// Finds the model and makes an engine for it, which starts with `warmUp()` or the first job.
    ///
    /// - Parameters:
    ///   - paths: Where registry and models are.
    ///   - model: A name or alias; `nil` for the default model.
    ///   - numThreads: What flags or configuration say of the number of threads.
    /// - Throws: `RegistryError`, `ModelError`, `Failure`.
    init(_ paths: ModelPaths, model: String?, numThreads: Int?) async throws {
        let registry = try ModelRegistry.load(from: paths)
        guard let name = model ?? registry.defaultModel else {
            throw Failure("\(registry.file) names no default_model. Add one, or choose with --model.")
        }
        // What is wrong with an engine is told by the errors of its jobs.
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

    /// Loads the model while there is nothing to recognise yet. What goes wrong is told by the first job.
    func warmUp() async {
        guard entry.missingFiles().isEmpty else { return }
        try? await engines.pool.load(entry.specification)
    }

    /// Starts a transcription, fetching the model first if need be.
    func transcribe(_ job: TranscriptionJob) async throws -> TranscriptEvents {
        let model = try await engines.store.prepare(entry, waitingUpTo: ModelDownloading.patience)
        return await engines.pool.transcribe(job, with: model)
    }

    /// Ends the engine.
    func shutDown() async {
        await engines.shutDown()
    }
}
