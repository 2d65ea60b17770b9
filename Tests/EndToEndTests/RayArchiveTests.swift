import TestSupport
import Testing

/// Archives on a Ray cluster: deploy/ray.
struct RayArchiveTests {
    @Test func nodesAskServersAndResultsAreKept() async throws {
        let key = "key-of-the-archive"
        try await withServer(ServerProcess.Setup(TestRegistry([.transducer]), ["--api-key", key])) { server in
            try await runClientTests(
                "", in: "Archive", against: server,
                environment: ["ASR2CLIP_KEY": key, "ASR2CLIP_SERVER": ServerProcess.path(of: "asr2clip-serve")])
        }
    }

    #if os(Linux)
        @Test func eachRecordingHasOneResultThoughNodesAreKilledAndUnplugged() async throws {
            let folder = try ServerFolder()
            let result = try await runToEnd(
                Fixtures.path(".deps/venv/bin/python"),
                [
                    Fixtures.path("Benchmarks/archive.py"), "--count", "60",
                    "--server", ServerProcess.path(of: "asr2clip-serve"),
                ],
                environment: folder.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }, within: .seconds(600))
            #expect(result.status == .exited(0), "\(result.output)\(result.error)")
            #expect(result.output.contains("All 60 recordings have their text once."))
        }
    #endif
}
