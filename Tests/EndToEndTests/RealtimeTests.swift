import Foundation
import TestSupport
import Testing

/// Live sessions with real clients: see Tests/Client/test_realtime.py and those beside it.
struct RealtimeTests {
    private func runTests(_ file: String, _ flags: [String] = []) async throws {
        let setup = ServerProcess.Setup(TestRegistry([.transducer, .whisper]), flags)
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            try await runClientTests(file, against: server)
        }
    }

    @Test func liveSessionsObeyOpenAIsTypes() async throws {
        try await runTests("test_realtime.py")
    }

    @Test func hazardsDoNotHarmSessions() async throws {
        try await runTests("test_realtime_hazards.py")
    }

    @Test func aSessionBeginsWhileItsModelIsDownloaded() async throws {
        try await withDownload { model, web in
            web.signal(SIGSTOP)
            defer { web.signal(SIGCONT) }
            try await withServer(.init(TestRegistry([.transducer, model]))) { server in
                try await APIClient(server).waitUntilHealthy()
                try await runClientTests(
                    "test_realtime_download.py", against: server, environment: ["ASR2CLIP_WEB_PID": "\(web.pid)"])
            }
        }
    }

    @Test func aSessionTooManyIsRefusedAndSessionsEndWithTheirServer() async throws {
        try await runTests("test_realtime_ends.py", ["--max-sessions", "2"])
    }

    @Test func aSessionWithoutAudioEnds() async throws {
        try await runTests("test_realtime_idle.py", ["--session-idle-timeout", "2s"])
    }

    @Test func aSessionNeedsAKeyWhereTheServerHasSome() async throws {
        try await runTests("test_realtime_keys.py", ["--api-key", "right", "--cors-origin", "https://notes.example"])
    }

    @Test func theOfficialOpenAIClientSpeaksLive() async throws {
        try await runTests("test_realtime_openai.py")
    }

    @Test(.enabled(if: Nginx.isInstalled, Nginx.advice))
    func sessionsPassThroughNginx() async throws {
        try await runTests("test_realtime_nginx.py", ["--api-key", "right", "--max-sessions", "2"])
    }
}

/// Damaged and hostile events: see Tests/Client/test_realtime_fuzz.py.
struct RealtimeFuzzTests {
    @Test func eventsOfAnyKindHarmNoServer() async throws {
        let scale = ProcessInfo.processInfo.environment["ASR2CLIP_FUZZ_SCALE"] ?? "1"
        let setup = ServerProcess.Setup(TestRegistry([.transducer, .whisper]), ["--log-level", "warning"])
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            try await runClientTests(
                "test_realtime_fuzz.py", against: server, environment: ["ASR2CLIP_FUZZ_SCALE": scale])
            #expect(!server.process.standardError.contains("The engine ended"))
        }
    }
}
