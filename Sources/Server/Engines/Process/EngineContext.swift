import Concurrency
import EngineHost
import EngineLink
import Essentials
import Logging
import ModelFamilies
import PrometheusMetrics

/// The settings and services that all engines of a server share.
struct EngineContext: Sendable {
    var configuration: EnginePool.Configuration
    var threads: Int
    var room: ResidencyController
    /// Runs suspects; `nil` for its own engines.
    var quarantine: Quarantine?
    let logger: Logger
    let metrics: MetricRegistry

    func run(
        _ model: ModelSpecification, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        let restored = await elsewhere { [configuration] in Result<Void, any Error> { try configuration.restore() } }
        if case .failure(let error) = restored {
            return EngineEnd(
                status: "could not be started", lastWords: "its folder for temporary files is not there: \(error)")
        }
        let order = await elsewhere { makeOrder(for: model) }
        let advice = MemoryAdvice(limit: order.memory)
        let end = await configuration.program.run(
            EngineOrder(parent: getpid(), job: .recognise(order)), logger: logger, began: began
        ) {
            if case .failed(let reason) = $0 {
                await notice(.failed(advice.added(to: reason)))
            } else {
                await notice($0)
            }
        }
        return advice.added(to: end)
    }

    private func makeOrder(for model: ModelSpecification) -> RecogniseOrder {
        RecogniseOrder(
            model: model,
            threads: DecodeThreads(
                for: model, of: threads, memory: configuration.engineMemory ?? MachineMemory.available),
            detector: configuration.detectorModel, runtimeSettings: configuration.runtimeSettings,
            memory: configuration.engineMemory, decodePatience: configuration.decodePatience)
    }
}

/// Advice for an engine that ran out of memory, appended to its own message.
struct MemoryAdvice: Sendable {
    /// The most bytes of memory the engine may have; `nil` if it was given no limit.
    let limit: Int?

    /// The wordings of Swift, the C++ library and the system.
    private static let complaints = ["failed to allocate", "bad_alloc", "Cannot allocate memory"]
    /// SIGILL, SIGTRAP, SIGABRT, SIGBUS and SIGSEGV, without a message: writing one needs memory as well.
    private static let crashes = ["signal 4", "signal 5", "signal 6", "signal 7", "signal 11"]

    private var text: String {
        limit.map { "It may take \($0) bytes of memory; --engine-memory can give it more." }
            ?? "There is not enough memory for it; end other programs, or take a smaller model."
    }

    func added(to words: String) -> String {
        Self.complaints.contains { words.contains($0) } ? "\(words) \(text)" : words
    }

    /// Appends the advice to the last words of an engine that ran out of memory. If an engine with a limit crashes
    /// without a message, it may have hit the limit.
    func added(to end: EngineEnd) -> EngineEnd {
        var end = end
        if !end.lastWords.isEmpty {
            end.lastWords = added(to: end.lastWords)
        } else if limit != nil, Self.crashes.contains(end.status) {
            end.lastWords = text
        }
        return end
    }
}
