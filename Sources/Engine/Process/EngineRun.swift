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
    var lanes: Int
    let loadWait: Duration
    let client: HTTPClient
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

    init(_ number: Int, of model: ModelSpecification, in surroundings: EngineSurroundings) {
        self.number = number
        self.surroundings = surroundings
        command = EngineCommand(
            model: model, socket: "\(surroundings.directory)/\(number)-\(UUID().uuidString.prefix(8)).sock",
            lanes: model.lanes(of: surroundings.lanes), parent: getpid(), detector: surroundings.detectorModel)
        var logger = surroundings.logger
        logger[metadataKey: "model"] = "\(model.name)"
        self.logger = logger
    }

    /// The way to the engine, once it listens.
    var connection: EngineConnection {
        EngineConnection(client: surroundings.client, socket: command.socket, run: number)
    }

    /// Runs the engine to its end.
    func callAsFunction(
        began: @escaping @Sendable (Int32) async -> Void, report: @escaping @Sendable (Greeting) async -> Void
    ) async -> EngineProcess.End {
        let end = await EngineProcess.run(
            command, executable: surroundings.executable, logger: logger, began: began, report: report)
        try? FileManager.default.removeItem(atPath: command.socket)
        return end
    }
}

extension ModelSpecification {
    /// How many decode lanes the model's engine has: those of the server, or fewer if its options say so.
    func lanes(of server: Int) -> Int { min(options.numThreads ?? server, server) }
}
