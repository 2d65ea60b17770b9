import PrometheusMetrics
import Logging
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import Engines

/// The engines for suspects.
struct QuarantineTests {
    private let quarantine: Quarantine = {
        var configuration = EnginePool.Configuration(
            program: ScriptedEngine { _ in }, runtimeSettings: "", loadWait: .seconds(60), detectorModel: nil)
        configuration.freeMemory = { .max }
        return Quarantine(
            beside: EngineContext(
                configuration: configuration, threads: 1,
                room: ResidencyController(Residency.Rules(keepAlive: nil, maximumLoaded: 1), defaultModel: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                metrics: MetricRegistry()))
    }()

    /// Its model may no longer be served, or be served with another number of threads.
    @Test func anUnloadedEngineIsReleasedWithItsLastSuspect() async throws {
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

    @Test func noEngineIsStartedDuringShutdown() async throws {
        await quarantine.shutDown()
        let error = await #expect(throws: EngineError.self) {
            _ = try await quarantine.engine(for: .fixture(.paraformer))
        }
        #expect(error?.code == .shuttingDown)
    }
}
