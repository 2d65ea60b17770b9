import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import APIServer

/// What HTTP has to do with a connection that has become a WebSocket.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WebSocketConnectionTests {
    typealias Client = SocketClient

    struct Mishap: Error {}

    @Test(arguments: [false, true]) func noHTTPFollowsAWebSocketThatItsHandlerForgot(byError: Bool) async throws {
        let parts = Mutex(0)
        let logged = try await withKnownLog { server in
            let client = try await server.open("/careless")
            let frames = try await client.rest()
            #expect(frames.map(\.closeCode) == [1011])
            parts.withLock { $0 += 1 }
        } session: { _ in
            if byError { throw Mishap() }
        }
        #expect(parts.withLock { $0 } == 1)
        // Only the handler's own error is one.
        #expect(logged == (byError ? 1 : 0))
    }

    /// Runs a server whose log may have troubles.
    ///
    /// - Returns: How many.
    private func withKnownLog(
        _ body: @escaping @Sendable (WebSocketServer) async throws -> Void, session: @escaping WebSocketServer.Session
    ) async throws -> Int {
        let count = Mutex(0)
        try await WebSocketServer.run(
            limits: WebSocketLimits.with { $0.closeTime = .milliseconds(100) }, session: session
        ) {
            server in
            try await body(server)
            count.withLock { $0 = server.log.takeTroubles().count }
        }
        return count.withLock { $0 }
    }

    @Test func aSessionIsOneLineInTheLog() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open("/socket?secret=1")
            try await client.send(Client.close(1000))
            _ = try await client.rest()
            try await eventually("the line is there") { server.log.details.contains { $0.contains("path=/socket") } }
            let lines = server.log.details.filter { $0.contains("path=/socket") }
            #expect(lines.count == 1)
            #expect(
                lines.first?.hasPrefix("Answered.") == true && lines.first?.contains("status=101") == true, "\(lines)")
            #expect(!server.log.details.joined().contains("secret"))
        }
    }

    @Test func theTimeoutsOfHTTPDoNotApply() async throws {
        var connections = ConnectionLimits()
        connections.headTime = .seconds(1)
        connections.idleTime = .seconds(1)
        connections.rateWindow = .seconds(1)
        try await WebSocketServer.run(connections: connections) { server in
            let client = try await server.open()
            // Longer than each of them.
            try await Task.sleep(for: .seconds(2))
            try await client.send(Client.text("still here"))
            #expect(try await client.frame() == .text("still here"))
        }
    }

    @Test func aWebSocketIsAConnectionOfTheLimit() async throws {
        // The library's client of the test has one.
        var connections = ConnectionLimits()
        connections.maximum = 2
        try await WebSocketServer.run(connections: connections) { server in
            let client = try await server.open()
            let other = try await server.connect()
            try await other.send(Client.upgrade())
            #expect(try await other.answer().head.hasPrefix("HTTP/1.1 503 "))
            try await client.close()
            _ = try await server.endings(count: 1)
            let next = try await server.connect()
            try await next.open()
            #expect(server.log.takeTroubles().count == 1)
        }
    }

    @Test func gracefulShutdownWaitsForTheSession() async throws {
        let endings = Mutex<[WebSocketEnding?]>([])
        let client = Mutex<SocketClient?>(nil)
        try await WebSocketServer.run(session: { socket in
            await cancelWhenGracefulShutdown { for await _ in socket.messages {} }
            try await socket.send(text: "the rest")
            await socket.close(.goingAway)
            endings.withLock { $0.append(socket.ending) }
        }) { server in
            let open = try await server.open()
            client.withLock { $0 = open }
            // The server is asked to stop when this returns.
            Task {
                _ = try await untilFound("the close frame") { try await open.frame().closeCode }
                try await open.send(Client.close(1001))
            }
        }
        let open = try #require(client.withLock { $0 })
        #expect(try await open.rest() == [])
        #expect(endings.withLock { $0 } == [.byServer(.goingAway)])
    }
}
