import TestSupport
import Testing

/// The official Python client against a server with every kind of model: see Tests/Client.
struct OpenAIClientTests {
    @Test func theOfficialClientWorksUnchanged() async throws {
        var broken = TestRegistry.Model.paraformer.named("broken")
        broken.files["tokens"] = "no-tokens.txt"
        let registry = TestRegistry(
            [.senseVoice, .whisper, .hotwords, broken], aliases: ["whisper-1": "whisper"])
        try await runClientTests(
            "test_openai.py", on: ServerProcess.Setup(registry, ["--max-upload-size", "300K", "--max-duration", "5s"]))
    }

    @Test func othersReadTheSubtitles() async throws {
        try await runClientTests(
            "test_subtitles.py",
            on: ServerProcess.Setup(TestRegistry(TestRegistry.Model.fixtures + [.timedWhisper, .starter])))
    }
}
