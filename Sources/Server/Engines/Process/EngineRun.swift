import Concurrency
import Essentials
import CoreMetrics
import EngineHost
import EngineLink
import Logging
import ModelFamilies
import NIOCore
import SpeechTypes
import Synchronization

/// What all engines of a server share.
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
    /// How long an engine may be silent with a job in hand.
    let patience: Duration
    /// How long a decode may take.
    let decodePatience: DecodePatience
    var room: ResidencyController
    /// Where suspects are run; `nil` for the engines in there.
    var quarantine: Quarantine?
    /// How long a suspect waits where there is no memory to run it apart.
    let suspectWait: Duration
    /// How many bytes of memory are free.
    let freeMemory: @Sendable () -> Int
    let logger: Logger
    let metrics: any MetricsFactory
}

/// One run of a model's engine: its order, the way to it, its place in the log.
final class EngineRun: Sendable {
    /// Counts the runs of the engine.
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

    /// The way to the engine; `nil` before it has begun.
    var connection: EngineConnection? {
        socket.withLock { $0 }.map {
            EngineConnection(
                over: $0, run: number, on: surroundings.executor.eventLoop, patience: TimeAmount(surroundings.patience))
        }
    }

    /// Runs the engine to its end.
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

    /// Looks at the model's files, and sees to it that what the engine is told of is there.
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
