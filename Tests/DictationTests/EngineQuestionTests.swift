import EngineHost
import EngineLink
import TestSupport
import Testing

@testable import Dictation

/// Single queries to the real program.
@Suite struct EngineQuestionTests {
    private let program = EngineProcess(EngineExecutable(path: ServerProcess.path(of: "asr2clip-engine")))

    @Test(arguments: [("en_digits_16k.wav", 1.7), ("en_long_16k.flac", 10.7)])
    func aFileIsMeasuredByItsHeader(file: String, seconds: Double) async throws {
        let reply = try await program.ask(
            .measure(path: Fixtures.audio(file)), for: Duration?.self, within: .seconds(60))
        let length = try #require(reply)
        #expect((length / .seconds(1) - seconds).magnitude < seconds / 5, "\(length)")
    }

    @Test(arguments: ["bad_text.wav", "missing.wav"])
    func otherFilesHaveNoLength(file: String) async throws {
        let reply = try await program.ask(
            .measure(path: Fixtures.audio(file)), for: Duration?.self, within: .seconds(60))
        #expect(reply == nil)
    }

    @Test func aMissingEngineProgramIsNamedWithAdvice() async throws {
        let missing = EngineProcess(EngineExecutable(path: "/nowhere/asr2clip-engine"))
        let fault = await #expect(throws: EngineFailure.self) { try await Microphones(missing).list() }
        #expect(fault?.description.contains("/nowhere/asr2clip-engine is missing") == true)
        let error = await #expect(throws: Failure.self) {
            try await Microphones(missing).listen(to: nil, for: .seconds(1))
        }
        #expect(error?.description.contains("/nowhere/asr2clip-engine is missing") == true)
    }
}
