import TestSupport
import Testing

/// Live sessions with real clients: see Tests/Client/test_realtime.py.
struct RealtimeTests {
    @Test func liveSessionsObeyOpenAIsTypes() async throws {
        let setup = ServerProcess.Setup(TestRegistry([.transducer, .whisper]))
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            try await runClientTests("test_realtime.py", against: server)
        }
    }
}
