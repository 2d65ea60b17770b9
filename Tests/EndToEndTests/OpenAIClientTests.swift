import TestSupport
import Testing

/// The official Python client against a server with every kind of model: see Tests/Client.
struct OpenAIClientTests {
    @Test func theOfficialClientWorksUnchanged() async throws {
        var broken = TestRegistry.Model.paraformer.named("broken")
        broken.files["tokens"] = "no-tokens.txt"
        let registry = TestRegistry(
            [.senseVoice, .whisper, .hotwords, broken], aliases: ["whisper-1": "whisper"])
        try await run(
            "test_openai.py", on: ServerProcess.Setup(registry, ["--max-upload-size", "300K", "--max-duration", "5s"]))
    }

    @Test func othersReadTheSubtitles() async throws {
        try await run(
            "test_subtitles.py",
            on: ServerProcess.Setup(TestRegistry(TestRegistry.Model.fixtures + [.timedWhisper, .starter])))
    }

    private func run(_ tests: String, on setup: ServerProcess.Setup) async throws {
        try await withServer(setup) { server in
            let result = try await runToEnd(
                Fixtures.path(".deps/venv/bin/python"),
                ["-m", "pytest", "-q", "-p", "no:cacheprovider", Fixtures.path("Tests/Client/\(tests)")],
                environment: server.folder.environment.merging([
                    "ASR2CLIP_URL": server.url, "PYTHONDONTWRITEBYTECODE": "1",
                ]) { $1 })
            #expect(result.status == .exited(0), "\(result.output)\(result.error)")
            #expect(try /\d+ passed/.firstMatch(in: result.output) != nil)
        }
    }
}
