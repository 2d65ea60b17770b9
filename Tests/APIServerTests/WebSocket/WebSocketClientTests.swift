import TestSupport
import Testing

/// A client with another implementation of RFC 6455: see Tests/Client/websocket_echo.py.
struct WebSocketClientTests {
    @Test func theClientOfPythonUnderstandsTheServer() async throws {
        try await WebSocketServer.run { server in
            let result = try await runToEnd(
                Fixtures.path(".deps/venv/bin/python"),
                [Fixtures.path("Tests/Client/websocket_echo.py"), "ws://localhost:\(server.port)/socket"])
            #expect(result.status == .exited(0), "\(result.output)\(result.error)")
            #expect(result.output == "texts passed\npings passed\ncloses passed\nmany passed\n")
            #expect(try await server.endings(count: 34).count == 34)
        }
    }
}
