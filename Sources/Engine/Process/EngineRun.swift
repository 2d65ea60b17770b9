import CoreMetrics
import EventLoops
import Foundation
import Logging
import ModelFamilies

/// What all engines of a server share.
struct EngineSurroundings: Sendable {
    let executable: String
    let executor: EventLoopExecutor
    let sockets: EngineSockets
    let detectorModel: String?
    let runtimeSettings: String
    let restore: @Sendable () throws -> Void
    var threads: Int
    let memory: Int?
    let loadWait: Duration
    let loadTimeout: Duration
    let room: EngineRoom
    let logger: Logger
    let metrics: any MetricsFactory
}

/// One run of a model's engine: its socket, its command, its place in the log.
struct EngineRun: Sendable {
    /// Counts the runs of the engine.
    let number: Int
    let logger: Logger
    /// The way to the engine, once it listens.
    let connection: EngineConnection
    private let command: EngineCommand
    private let surroundings: EngineSurroundings

    /// Describes a run. It has to be run, or given up.
    init(_ number: Int, of model: ModelSpecification, in surroundings: EngineSurroundings) {
        self.number = number
        self.surroundings = surroundings
        command = EngineCommand(
            model: model, socket: surroundings.sockets.take(),
            threads: DecodeThreads(
                for: model, of: surroundings.threads, memory: surroundings.memory ?? MachineMemory.available),
            parent: getpid(),
            detector: surroundings.detectorModel, runtimeSettings: surroundings.runtimeSettings,
            memory: surroundings.memory)
        connection = EngineConnection(to: command.socket, run: number, on: surroundings.executor.eventLoop)
        var logger = surroundings.logger
        logger[metadataKey: "model"] = "\(model.name)"
        self.logger = logger
    }

    /// Runs the engine to its end.
    func callAsFunction(
        began: @escaping @Sendable (Int32) async -> Void, report: @escaping @Sendable (Greeting) async -> Void
    ) async -> EngineProcess.End {
        do {
            try surroundings.restore()
        } catch {
            return EngineProcess.End(
                status: "could not be started", lastWords: "its folder for temporary files is not there: \(error)")
        }
        let advice = MemoryAdvice(limit: command.memory)
        let end = await EngineProcess.run(
            command, executable: surroundings.executable, loadTimeout: surroundings.loadTimeout, logger: logger,
            began: began
        ) { greeting in
            await report(Greeting(ready: greeting.ready, failed: greeting.failed.map(advice.added)))
        }
        giveUp()
        return advice.added(to: end)
    }

    /// Ends what there is of the run beside its process.
    func giveUp() {
        surroundings.sockets.remove(command.socket)
    }
}
