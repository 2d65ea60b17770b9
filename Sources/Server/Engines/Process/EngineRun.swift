import Concurrency
import Essentials
import EngineHost
import EngineLink
import Logging
import ModelFamilies
import NIOCore
import PrometheusMetrics
import SpeechTypes
import Synchronization

/// The settings and services that all engines of a server share.
struct EngineContext: Sendable {
    let program: any EngineProgram
    let executor: EventLoopExecutor
    let detectorModel: String?
    let runtimeSettings: String
    let restore: @Sendable () throws -> Void
    var threads: Int
    /// The most bytes of memory an engine may have for data.
    var memory: Int?
    let loadWait: Duration
    /// How long an engine may send nothing during a job.
    let patience: Duration
    /// How long a decode may take.
    let decodePatience: DecodePatience
    var room: ResidencyController
    /// Runs suspects; `nil` for its own engines.
    var quarantine: Quarantine?
    /// How long a suspect waits if there is no memory to run it apart.
    let suspectWait: Duration
    /// How many bytes of memory are free.
    let freeMemory: @Sendable () -> Int
    let logger: Logger
    let metrics: MetricRegistry
}

/// One run of a model's engine: its order, its connection and its logger.
final class EngineRun: Sendable {
    /// The number of the run, counted per engine.
    let number: Int
    let logger: Logger
    private let model: ModelSpecification
    private let surroundings: EngineContext
    private let socket = Mutex<LinkSocket?>(nil)

    /// Describes a run.
    init(_ number: Int, of model: ModelSpecification, in surroundings: EngineContext) {
        self.number = number
        self.surroundings = surroundings
        self.model = model
        var logger = surroundings.logger
        logger[metadataKey: "model"] = "\(model.name)"
        self.logger = logger
    }

    /// The connection to the engine; `nil` before it has started.
    var connection: EngineConnection? {
        socket.withLock { $0 }.map {
            EngineConnection(
                over: $0, run: number, on: surroundings.executor.eventLoop, patience: TimeAmount(surroundings.patience))
        }
    }

    /// Runs the engine until it ends.
    func callAsFunction(
        began: @escaping @Sendable (Int32) async -> Void, report: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        let order: RecogniseOrder
        switch await elsewhere({ Result { try self.makeOrder() } }) {
        case .success(let made): order = made
        case .failure(let error):
            return EngineEnd(
                status: "could not be started", lastWords: "its folder for temporary files is not there: \(error)")
        }
        let advice = MemoryAdvice(limit: order.memory)
        let end = await surroundings.program.run(
            EngineOrder(parent: getpid(), job: .recognise(order)), logger: logger
        ) { id, socket in
            self.socket.withLock { $0 = socket }
            await began(id)
        } notice: { notice in
            if case .failed(let reason) = notice {
                await report(.failed(advice.added(to: reason)))
            } else {
                await report(notice)
            }
        }
        return advice.added(to: end)
    }

    /// Makes the engine's order, with the runtime settings file restored if it was missing.
    private func makeOrder() throws -> RecogniseOrder {
        try surroundings.restore()
        return RecogniseOrder(
            model: model,
            threads: DecodeThreads(
                for: model, of: surroundings.threads, memory: surroundings.memory ?? MachineMemory.available),
            detector: surroundings.detectorModel, runtimeSettings: surroundings.runtimeSettings,
            memory: surroundings.memory, decodePatience: surroundings.decodePatience)
    }
}
