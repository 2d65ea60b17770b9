import ArgumentParser
import Engine
import Foundation
import ModelFamilies
import SpeechRecognition

/// `asr2clip-serve engine`: the inside of an engine process, started by the server and by nobody else.
struct EngineProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: EngineCommand.verb, abstract: "Serve one model on a Unix socket.", shouldDisplay: false)

    @Option var socket: String
    @Option var lanes: Int
    @Option var threadsPerLane: Int
    @Option var threadsAlone: Int
    @Option var parent: Int32
    @Option var detector: String?
    @Option var runtimeSettings: String?
    @Option var memory: Int?
    @Option(transform: { try JSONDecoder().decode(ModelSpecification.self, from: Data($0.utf8)) })
    var model: ModelSpecification

    func run() async throws {
        try await EngineServer.run(
            EngineCommand(
                model: model, socket: socket,
                threads: DecodeThreads(lanes: lanes, perLane: threadsPerLane, alone: threadsAlone), parent: parent,
                detector: detector, runtimeSettings: runtimeSettings, memory: memory))
    }
}
