import Dictation
import Foundation
import TranscriptFormats

/// What all that the tool does has in common: configuration, environment, and how speech becomes text.
struct Tool {
    let environment = ProcessInfo.processInfo.environment
    private let request: RequestOptions
    private let models: ModelFolderOption
    private let threads: ThreadOption
    /// What `-c` said.
    let file: String?

    /// - Parameters:
    ///   - request: What flags say of requests.
    ///   - models: What flags say of the models' folder.
    ///   - threads: What flags say of threads.
    ///   - file: The configuration file that a flag names.
    init(_ request: RequestOptions, models: ModelFolderOption, threads: ThreadOption, file: String?) {
        self.request = request
        self.models = models
        self.threads = threads
        self.file = file
    }

    /// Where recordings wait.
    var store: RecordingStore { RecordingStore(environment: environment, home: home) }

    /// Where configuration files are looked for.
    var places: [String] {
        ConfigurationFile.places(
            environment: environment, home: home, currentFolder: FileManager.default.currentDirectoryPath)
    }

    /// The configuration in force. What is odd about its file is said on standard error, unless it is to be quiet.
    ///
    /// - Throws: `ConfigurationError`, `Failure`.
    func configuration() throws -> ClientConfiguration {
        let found = try ConfigurationFile.find(named: file, places: places)
        let configuration = try ClientConfiguration(
            flags: request.settings, environment: ConfigurationSettings(environment: environment),
            file: found?.settings ?? ConfigurationSettings(), path: found?.path)
        if !configuration.isQuiet { found?.warnings.forEach(Failure.report) }
        if configuration.engine == nil, models.directory != nil || threads.number != nil {
            throw Failure(
                "--model-dir and --num-threads are for an engine of the tool's own; write engine: sherpa_onnx in the "
                    + "configuration file, or give them to the server.")
        }
        return configuration
    }

    /// What is asked of the service, beside the recording.
    func template(_ configuration: ClientConfiguration, format: ResponseFormat = .text) -> TranscriptionRequest {
        TranscriptionRequest(
            file: "", model: configuration.model, language: configuration.language, prompt: configuration.prompt,
            format: format)
    }

    /// Lends what turns recordings into text. An engine of the tool's own begins to load at once; a server on this
    /// machine is made sure of, so that nothing is recorded in vain.
    ///
    /// - Throws: `ClientError` (`unreachable`) with the ways on, `ConfigurationError`, and what `body` throws.
    func withService<R: Sendable>(
        _ configuration: ClientConfiguration, _ body: @Sendable (any TranscriptionService) async throws -> R
    ) async throws -> R {
        guard let local = configuration.engine else {
            try configuration.checkKey()
            let client = TranscriptionClient(configuration)
            if configuration.isLocal { try await client.checkReachable() }
            return try await body(client)
        }
        let engine = try await OwnEngine(
            models.paths(registry: local.registry, else: local.modelDirectory), model: configuration.model,
            numThreads: threads.number ?? local.numThreads)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await engine.warmUp() }
            let result: Result<R, any Error>
            do { result = .success(try await body(LocalService(engine))) } catch { result = .failure(error) }
            group.cancelAll()
            await engine.shutDown()
            return try result.get()
        }
    }

    private var home: String { environment["HOME"] ?? NSHomeDirectory() }
}
