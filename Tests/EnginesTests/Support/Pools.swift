import Concurrency
import EngineHost
import Foundation
import Logging
import ModelFamilies
import SpeechTypes
import Synchronization

@testable import Engines

/// Runs `body` with a pool of engines that respond by a script.
func withPool<R: Sendable>(
    _ program: any EngineProgram, _ models: Set<ModelSpecification>, runtimeSettings: String = "",
    stayingLoaded: String? = nil, maximumLoaded: Int = 3, patience: Duration = .seconds(30),
    loadWait: Duration = .seconds(60),
    decodePatience: DecodePatience = .standard, suspectWait: Duration = .seconds(600),
    freeMemory: @escaping @Sendable () -> Int = { .max }, executor: EventLoopExecutor = EventLoopExecutor(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: (EnginePool) async throws -> R
) async throws -> R {
    var configuration = EnginePool.Configuration(
        program: program, runtimeSettings: runtimeSettings, loadWait: loadWait, detectorModel: nil,
        executor: executor)
    configuration.patience = patience
    configuration.decodePatience = decodePatience
    configuration.suspectWait = suspectWait
    configuration.freeMemory = freeMemory
    let pool = EnginePool(
        configuration,
        serving: EngineConfiguration(
            models: models, stayingLoaded: stayingLoaded, threads: 1, keepAlive: nil, maximumLoaded: maximumLoaded),
        logger: logger)
    do {
        let result = try await body(pool)
        await pool.shutDown()
        return result
    } catch {
        await pool.shutDown()
        throw error
    }
}

/// A counter.
final class Counter: Sendable {
    private let count = Atomic(0)

    /// The count.
    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    /// Adds one.
    func increment() { count.add(1, ordering: .sequentiallyConsistent) }
}
