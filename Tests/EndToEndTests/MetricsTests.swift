import TestSupport
import Testing

/// `GET /metrics`, parsed by Prometheus's parser for Python: see Tests/Client/test_metrics.py.
struct MetricsTests {
    @Test func eventsAreCounted() async throws {
        // Its files are of another type, which only its engine detects.
        let broken = TestRegistry.Model.senseVoice.named("broken", in: TestRegistry.Model.paraformer.directory)
        try await runClientTests(
            "test_metrics.py",
            on: ServerProcess.Setup(
                TestRegistry([.whisper, broken]), ["--num-threads", "1", "--max-duration", "5s"]))
    }

    /// A running request has a job, a busy lane and, if it is long, queued segments.
    @Test func durationsAreMeasured() async throws {
        try await withServer(.init(TestRegistry([.whisper]), ["--num-threads", "1"])) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let request = Task { try await client.transcribe(Phrases(150).file, ["model": "whisper"]) }
            for line in [
                #"asr2clip_queue_jobs{model="whisper"} 1"#, #"asr2clip_decode_lanes_busy{model="whisper"} 1"#,
                #"asr2clip_queue_segments{model="whisper"} 1"#,
            ] {
                try await eventually(line) {
                    try await client.get("/metrics").body.split(separator: "\n").contains { $0 == line }
                }
            }
            request.cancel()
            let idle = #"asr2clip_decode_lanes_busy{model="whisper"} 0"#
            try await eventually(idle) { try await client.get("/metrics").body.contains(idle) }
        }
    }
}
