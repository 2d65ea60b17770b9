import AsyncHTTPClient
import CoreMetrics
import Foundation
import Logging
import SpeechRecognition

/// What all engines of a server share.
struct EngineSurroundings: Sendable {
    let executable: String
    let directory: String
    let detectorModel: String?
    let runtimeSettings: String
    var threads: Int
    let memory: Int?
    let loadWait: Duration
    let room: EngineRoom
    let logger: Logger
    let metrics: any MetricsFactory
}

/// One run of a model's engine: its socket, its command, its place in the log.
struct EngineRun: Sendable {
    /// Counts the runs of the engine.
    let number: Int
    let logger: Logger
    private let command: EngineCommand
    private let surroundings: EngineSurroundings
    /// The run's own: what a client knows of a socket it never forgets.
    private let client: HTTPClient

    /// Describes a run. It has to be run, or given up.
    init(_ number: Int, of model: ModelSpecification, in surroundings: EngineSurroundings) {
        self.number = number
        self.surroundings = surroundings
        command = EngineCommand(
            model: model, socket: "\(surroundings.directory)/\(number)-\(UUID().uuidString.prefix(8)).sock",
            threads: DecodeThreads(for: model, of: surroundings.threads), parent: getpid(),
            detector: surroundings.detectorModel, runtimeSettings: surroundings.runtimeSettings,
            memory: surroundings.memory)
        var logger = surroundings.logger
        logger[metadataKey: "model"] = "\(model.name)"
        self.logger = logger
        client = HTTPClient(configuration: Self.clientConfiguration)
    }

    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // A socket is one host to the client: without this the ninth job of an engine would wait unseen.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100_000
        // Who finds no socket has to know at once: the engine has ended, and the job goes to the next run.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = nil
        return configuration
    }

    /// The way to the engine, once it listens.
    var connection: EngineConnection {
        EngineConnection(client: client, socket: command.socket, run: number)
    }

    /// Runs the engine to its end.
    func callAsFunction(
        began: @escaping @Sendable (Int32) async -> Void, report: @escaping @Sendable (Greeting) async -> Void
    ) async -> EngineProcess.End {
        var end = await EngineProcess.run(
            command, executable: surroundings.executable, logger: logger, began: began, report: report)
        await giveUp()
        if let memory = command.memory, end.lacksMemory {
            end.lastWords += " It may take \(memory) bytes of memory; --engine-memory can give it more."
        }
        return end
    }

    /// Ends what there is of the run beside its process.
    func giveUp() async {
        try? FileManager.default.removeItem(atPath: command.socket)
        try? await client.shutdown()
    }
}
