import TestSupport
import Testing

/// The official Python client with a server that has every kind of model: see Tests/Client.
struct OpenAIClientTests {
    @Test func theOfficialOpenAIClientWorksUnchanged() async throws {
        var broken = TestRegistry.Model.paraformer.named("broken")
        broken.files["tokens"] = "no-tokens.txt"
        let registry = TestRegistry(
            [.senseVoice, .whisper, .hotwords, broken], aliases: ["whisper-1": "whisper"])
        try await runClientTests(
            "test_openai.py", on: ServerProcess.Setup(registry, ["--max-upload-size", "300K", "--max-duration", "5s"]))
    }

    @Test func otherProgramsReadTheSubtitles() async throws {
        try await runClientTests(
            "test_subtitles.py",
            on: ServerProcess.Setup(TestRegistry(TestRegistry.Model.fixtures + [.timedWhisper, .starter])))
    }

    @Test func theOfficialOpenAIClientRetriesAFullServer() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.whisper]), environment: ["ASR2CLIP_MAX_QUEUE": "1"])) {
            server in
            let client = APIClient(server)
            let (tests, request) = try await client.whileStopped("whisper") { _ in
                let request = Task { try await client.transcribe("en_word_16k.wav", ["model": "whisper"]) }
                try await client.waitUntilInHand(1, of: "whisper")
                let tests = Task { try await runClientTests("test_queue.py", against: server) }
                try await eventually("the client is refused") { server.process.standardError.contains("queue_full") }
                return (tests, request)
            }
            try await tests.value
            #expect(try await request.value.body == #"{"text": "stop"}"#)
        }
    }
}
