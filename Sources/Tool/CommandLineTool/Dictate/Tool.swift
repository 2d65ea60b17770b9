import Dictation
import EngineHost
import Essentials
import ModelStore
import TranscriptFormats

/// The parts that all actions of the tool share: configuration, environment and transcription service.
struct Tool {
    let environment = ProcessInfo.processInfo.environment
    let flags: ConfigurationSettings
    let models: ModelFolderOption
    let threads: ThreadOption
    let file: String?

    var engine: any EngineProgram {
        get throws { EngineProcess(EngineExecutable(besideProgram: try ThisProgram.path())) }
    }

    var store: RecordingStore { RecordingStore(environment: environment, home: home) }

    var places: [String] {
        ConfigurationFile.places(
            environment: environment, home: home, currentFolder: FileManager.default.currentDirectoryPath)
    }

    private var home: String { environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path }

    /// The configuration in force. Prints the warnings about its file on standard error, unless it says `quiet`.
    func configuration() throws -> ClientConfiguration {
        let found = try ConfigurationFile.find(named: file, places: places)
        let configuration = try ClientConfiguration(
            flags: flags, environment: ConfigurationSettings(environment: environment),
            file: found?.settings ?? ConfigurationSettings(), path: found?.path, isFileChosen: found?.isChosen ?? true)
        if !configuration.isQuiet {
            found?.warnings.forEach(StandardError.report)
            configuration.keyWarning.map(StandardError.report)
        }
        let isForEngine = models.modelDir != nil || models.modelMirror != nil || threads.numThreads != nil
        if configuration.settings.engine == nil, isForEngine {
            throw Failure(
                "--model-dir, --model-mirror and --num-threads are for an engine of the tool's own; write "
                    + "engine: sherpa_onnx in the configuration file, or give them to the server.")
        }
        return configuration
    }

    func screen(_ configuration: ClientConfiguration, advice: String = "") -> DictationScreen {
        DictationScreen(isQuiet: configuration.isQuiet, advice: advice, environment: environment)
    }

    /// The delivery of texts, with standard output written by the screen. Checks that the output file can be written.
    func delivery(_ configuration: ClientConfiguration, _ screen: DictationScreen) throws -> TextDelivery {
        let settings = configuration.settings
        var file: OutputFile?
        // For the Python tool, `-` is standard output, where we write in any case.
        if let path = settings.output, path != "-" {
            file = OutputFile(path: path.hasPrefix("~/") ? home + path.dropFirst() : path)
            try file?.check()
        }
        return TextDelivery(
            clipboard: Clipboard(settings.clipboard ?? .auto, environment: environment),
            mode: settings.copyMode ?? .last, file: file, write: screen.write)
    }

    func client(_ configuration: ClientConfiguration) -> TranscriptionClient {
        TranscriptionClient(configuration, proxies: ProxySettings(environment: environment))
    }

    /// Calls `body` with a service that transcribes. The tool's own engine starts to load at once. A server on this
    /// machine is checked first, so that nothing is recorded in vain.
    func withService<R: Sendable>(
        _ configuration: ClientConfiguration, _ body: @Sendable (any TranscriptionService) async throws -> R
    ) async throws -> R {
        guard let local = configuration.settings.engine else {
            let client = client(configuration)
            do {
                if configuration.isLocal { try await client.checkReachable() }
            } catch {
                // Users with a configuration file may have another server, with models of its own.
                guard configuration.file == nil, let advice = advice(configuration, models.paths(registry: nil)) else {
                    throw error
                }
                throw Failure("\(SystemReason.words(for: error))\n\(advice)")
            }
            return try await body(client)
        }
        let paths = models.paths(registry: local.registry, else: local.modelDirectory)
        advice(configuration, paths).map(StandardError.report)
        let engine = try await OwnEngine(
            paths, model: configuration.settings.model, numThreads: threads.numThreads ?? local.numThreads)
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

    /// Which model to take, if there is none yet; `nil` also if the tool is to be quiet.
    private func advice(_ configuration: ClientConfiguration, _ paths: ModelPaths) -> String? {
        configuration.isQuiet ? nil : FirstModel.advice(paths, environment: environment)
    }
}
