#if os(Linux)
    import TestSupport
    import Testing

    /// A server whose model is on two others, which are killed and unplugged (Benchmarks/upstreams.py).
    struct LostUpstreamTests {
        @Test func uploadsInHandAreAnsweredWhenServersAreLost() async throws {
            let folder = try ServerFolder()
            let script = Fixtures.path("Benchmarks/upstreams.py")
            let result = try await runToEnd(
                Fixtures.path(".deps/venv/bin/python"), [script, "--server", ServerProcess.path(of: "asr2clip-serve")],
                environment: folder.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }, within: .seconds(600))
            #expect(result.status == .exited(0), "\(result.output)\(result.error)")
            #expect(result.output.contains("| both are unplugged: by the fallback |"))
        }
    }
#endif
