import PrometheusMetrics
import Concurrency
import Logging
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import Engines

/// The engines for suspects.
struct QuarantineTests {
    private let quarantine = Quarantine(
        beside: EngineContext(
            program: ScriptedEngine { _ in }, executor: EventLoopExecutor(), detectorModel: nil, runtimeSettings: "",
            restore: {}, threads: 1, memory: nil, loadWait: .seconds(60), patience: .seconds(30),
            decodePatience: .standard,
            room: ResidencyController(Residency.Rules(keepAlive: nil, maximumLoaded: 1), defaultModel: nil),
            quarantine: nil,
            suspectWait: .seconds(60), freeMemory: { .max },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: MetricRegistry()))

    /// Its model may no longer be served, or be served with another number of threads.
    @Test func anEngineThatIsNotInMemoryGoesWithItsLastSuspect() async throws {
        weak var engine: EngineSupervisor?
        do {
            let first = try #require(await quarantine.engine(for: .fixture(.paraformer)))
            let second = try #require(await quarantine.engine(for: .fixture(.paraformer)))
            engine = first.engine
            #expect(engine === second.engine)
        }
        _ = try await quarantine.engine(for: .fixture(.senseVoice))
        #expect(engine == nil)
    }

    @Test func noneIsMadeWhileTheServerShutsDown() async throws {
        await quarantine.shutDown()
        let error = await #expect(throws: EngineError.self) {
            _ = try await quarantine.engine(for: .fixture(.paraformer))
        }
        #expect(error?.code == .shuttingDown)
    }
}
