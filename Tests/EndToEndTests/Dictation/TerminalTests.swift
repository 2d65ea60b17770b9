import TestSupport
import Testing

/// The tool in a pseudo-terminal: see Tests/Terminal.
@Suite(
    .enabled(if: SoundServer.isInstalled, SoundServer.advice), .enabled(if: Display.isInstalled, Display.advice))
struct TerminalTests {
    @Test func theTerminalIsDrawnReadAndRestored() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.paraformer]))) { server in
            try await withSoundServer { sound in
                try await withDisplay { display in
                    let result = try await runToEnd(
                        Fixtures.path(".deps/venv/bin/python"),
                        ["-m", "pytest", "-q", "-p", "no:cacheprovider", Fixtures.path("Tests/Terminal")],
                        environment: sound.environment.merging([
                            "ASR2CLIP_TOOL": ServerProcess.path(of: "asr2clip"), "ASR2CLIP_URL": server.url,
                            "ASR2CLIP_SPEECH": Fixtures.audio("en_digits_16k.wav"),
                            "ASR2CLIP_LONG_SPEECH": Fixtures.audio("en_long_16k.flac"), "PYTHONDONTWRITEBYTECODE": "1",
                            "DISPLAY": display.name,
                        ]) { $1 }, within: .seconds(600))
                    #expect(result.status == .exited(0), "\(result.output)\(result.error)")
                    #expect(try /\d+ passed/.firstMatch(in: result.output) != nil)
                }
            }
        }
    }
}
