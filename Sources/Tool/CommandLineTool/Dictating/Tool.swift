import Dictation
import EngineHost
import Essentials
import ModelStore
import TranscriptFormats

/// The parts that all actions of the tool share: configuration, environment and transcription service.
struct Tool {
    let environment = ProcessInfo.processInfo.environment
    private let request: RequestOptions
    private let models: ModelFolderOption
    private let threads: ThreadOption
    private let dictation: DictationSettings
    /// The value of `-c`.
    let file: String?

    /// - Parameters:
    ///   - request: The flags for requests.
    ///   - models: The flag for the models' folder.
    ///   - threads: The flag for the number of threads.
    ///   - dictation: The flags for dictation.
    ///   - file: The configuration file that a flag names.
    init(
        _ request: RequestOptions, models: ModelFolderOption, threads: ThreadOption,
        dictation: DictationSettings = DictationSettings(), file: String?
    ) {
        self.request = request
        self.models = models
        self.threads = threads
        self.dictation = dictation
        self.file = file
    }

    /// The program that listens to microphones and reads files.
    ///
    /// - Throws: `Failure` if its path cannot be found.
    var engine: any EngineProgram {
        get throws { EngineProcess(EngineExecutable(besideProgram: try ThisProgram.path())) }
    }

    /// The store of recordings.
    var store: RecordingStore { RecordingStore(environment: environment, home: home) }

    /// The paths to look for a configuration file.
    var places: [String] {
        ConfigurationFile.places(
            environment: environment, home: home, currentFolder: FileManager.default.currentDirectoryPath)
    }

    /// The configuration in force. Prints the warnings about its file on standard error, unless it says `quiet`.
    ///
    /// - Throws: `ConfigurationError`, `Failure`.
    func configuration() throws -> ClientConfiguration {
        let found = try ConfigurationFile.find(named: file, places: places)
        var flags = request.settings
        flags.dictation = dictation
        let configuration = try ClientConfiguration(
            flags: flags, environment: ConfigurationSettings(environment: environment),
            file: found?.settings ?? ConfigurationSettings(), path: found?.path, isFileChosen: found?.isChosen ?? true)
        if !configuration.isQuiet {
            found?.warnings.forEach(Failure.report)
            configuration.keyWarning.map(Failure.report)
        }
        if configuration.engine == nil, models.directory != nil || threads.number != nil {
            throw Failure(
                "--model-dir and --num-threads are for an engine of the tool's own; write engine: sherpa_onnx in the "
                    + "configuration file, or give them to the server.")
        }
        return configuration
    }

    /// The request to the service without the recording.
    func template(_ configuration: ClientConfiguration, format: ResponseFormat = .text) -> TranscriptionRequest {
        TranscriptionRequest(
            file: "", model: configuration.model, language: configuration.language, prompt: configuration.prompt,
            format: format)
    }

    /// The file that texts are appended to; `nil` for none.
    func outputFile(_ configuration: ClientConfiguration) -> OutputFile? {
        // For the Python tool, `-` is standard output, where we write in any case.
        guard let path = configuration.dictation.output, path != "-" else { return nil }
        return OutputFile(path: path.hasPrefix("~/") ? home + path.dropFirst() : path)
    }

    /// The delivery of texts, with standard output written by the screen.
    func delivery(_ configuration: ClientConfiguration, _ screen: DictationScreen) -> TextDelivery {
        TextDelivery(
            clipboard: Clipboard(configuration.dictation.clipboard ?? .auto, environment: environment),
            mode: configuration.dictation.copyMode ?? .last, file: outputFile(configuration), write: screen.write)
    }

    /// A client for the server.
    func client(_ configuration: ClientConfiguration) -> TranscriptionClient {
        TranscriptionClient(configuration, proxies: ProxySettings(environment: environment))
    }

    /// Calls `body` with a service that transcribes. The tool's own engine starts to load at once. A server on this
    /// machine is checked first, so that nothing is recorded in vain.
    ///
    /// - Throws: `ClientError` (`unreachable`) that says what to do, and what `body` throws.
    func withService<R: Sendable>(
        _ configuration: ClientConfiguration, _ body: @Sendable (any TranscriptionService) async throws -> R
    ) async throws -> R {
        guard let local = configuration.engine else {
            let client = client(configuration)
            if configuration.isLocal { try await client.checkReachable() }
            return try await body(client)
        }
        let engine = try await OwnEngine(
            models.paths(registry: local.registry, else: local.modelDirectory), model: configuration.model,
            numThreads: threads.number ?? local.numThreads)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await engine.warmUp() }
            let result: Result<R, any Error>
            do { result = .success(try await body(LocalService(engine, takesLanguage: engine.takesLanguage))) } catch {
                result = .failure(error)
            }
            group.cancelAll()
            await engine.shutDown()
            return try result.get()
        }
    }

    private var home: String { environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path }
}
