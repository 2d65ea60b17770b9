import Dictation
import ModelStore
import Testing

@testable import CommandLineTool

/// The server's capacity settings from flags and environment.
struct CapacityTests {
    private let environment = [
        "ASR2CLIP_MAX_QUEUE": "9", "ASR2CLIP_KEEP_ALIVE": "never", "ASR2CLIP_MAX_LOADED_MODELS": "2",
        "ASR2CLIP_DRAIN_DELAY": "10s",
    ]

    private func settings(_ arguments: [String], _ environment: [String: String]) throws -> CapacitySettings {
        try ServeCommand.parse(arguments).options.capacity(environment: environment)
    }

    @Test func unsetCapacityStaysUnset() throws {
        #expect(try settings([], [:]) == CapacitySettings())
        #expect(try settings([], ["ASR2CLIP_MAX_QUEUE": "", "ASR2CLIP_KEEP_ALIVE": ""]) == CapacitySettings())
    }

    @Test func theEnvironmentSetsCapacity() throws {
        let said = CapacitySettings(
            keepAlive: KeepAlive(nil as Duration?), maximumLoadedModels: 2, maximumQueue: 9,
            drainDelay: DrainDelay("10"))
        #expect(try settings([], environment) == said)
    }

    @Test func flagsOverrideTheEnvironment() throws {
        let flags = ["--max-queue", "1", "--keep-alive", "0", "--max-loaded-models", "4", "--drain-delay", "0"]
        let said = CapacitySettings(
            keepAlive: KeepAlive(.zero), maximumLoadedModels: 4, maximumQueue: 1, drainDelay: DrainDelay("0"))
        #expect(try settings(flags, environment) == said)
    }

    @Test(arguments: [
        ("ASR2CLIP_MAX_QUEUE", "0"), ("ASR2CLIP_MAX_QUEUE", "many"), ("ASR2CLIP_KEEP_ALIVE", "soon"),
        ("ASR2CLIP_MAX_LOADED_MODELS", "-1"), ("ASR2CLIP_MAX_QUEUE", "9223372036854775808"),
        ("ASR2CLIP_KEEP_ALIVE", "99999999999d"), ("ASR2CLIP_KEEP_ALIVE", "999999999h"),
        ("ASR2CLIP_DRAIN_DELAY", "-1"), ("ASR2CLIP_DRAIN_DELAY", "3601"), ("ASR2CLIP_DRAIN_DELAY", "never"),
    ])
    func aBadVariableIsReportedWithItsValue(name: String, value: String) throws {
        let failure = #expect(throws: Failure.self) { try settings([], [name: value]) }
        #expect(failure?.description.hasPrefix("\(name) is '\(value)'; set it to ") == true)
    }
}
