import Concurrency
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOWebSocket
import Synchronization
import TestSupport
import Testing

@testable import APIServer

/// A server with all of its own handlers and middleware, on a real socket, and a route that is a WebSocket: `/socket`.
struct WebSocketServer {
    typealias Session = @Sendable (WebSocket) async throws -> Void

    /// Where it listens.
    let port: Int
    /// The memory for messages.
    let budget: MessageBudget
    /// How its WebSockets have ended so far.
    let endings: Endings
    /// One `nil` for each WebSocket that has ended, although its session may go on.
    let ends: Endings
    /// What it has logged.
    let log: LogRecorder

    /// Sends every text back, and refuses everything else.
    static let echo: Session = { socket in
        for await message in socket.messages {
            switch message {
            case .text(let text): try await socket.send(text: text)
            case .binary: await socket.close(.unacceptableData, reason: "Send text.")
            }
        }
    }

    /// Runs a server.
    ///
    /// - Parameters:
    ///   - limits: The limits of WebSockets.
    ///   - budget: The memory for messages.
    ///   - connections: The limits of connections.
    ///   - session: What the route does with an open WebSocket; it is closed afterwards.
    ///   - body: The test.
    /// - Throws: What the test throws.
    static func run(
        limits: WebSocketLimits = WebSocketLimits(), budget: MessageBudget = MessageBudget(),
        connections: ConnectionLimits = ConnectionLimits(), session: @escaping Session = echo,
        _ body: @Sendable (WebSocketServer) async throws -> Void
    ) async throws {
        let log = LogRecorder()
        var logger = log.logger
        logger.logLevel = .info
        let (endings, ends) = (Endings(), Endings())
        var settings = ServerSettings()
        settings.connections = connections
        let parts = try RouterUnderTest(settings: settings, logger: logger)
        parts.router.get("/socket") { request, context -> Response in
            let socket = try await WebSocket.accept(
                request, context: context, subprotocols: ["realtime"], headers: [.requestID: context.requestID],
                limits: limits, budget: budget, onEnd: { ends.add(nil) })
            do { try await session(socket) } catch is WebSocketEnded {}
            await socket.close()
            endings.add(socket.ending)
            return socket.response
        }
        parts.router.get("/careless") { request, context -> Response in
            let socket = try await WebSocket.accept(request, context: context, limits: limits, budget: budget)
            try await session(socket)
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "HTTP behind a WebSocket")))
        }
        var quiet = logger
        quiet.logLevel = .warning
        let application = Application(router: parts.router, server: parts.server.makeConnections(), logger: quiet)
        try await application.test(.live) { client in
            try await body(
                WebSocketServer(port: client.port ?? 0, budget: budget, endings: endings, ends: ends, log: log))
        }
        #expect(log.troubles == [])
    }

    /// Connects without sending anything.
    func connect(reading: Bool = true) async throws -> SocketClient {
        try await SocketClient.connect(port: port, reading: reading)
    }

    /// Connects and opens a WebSocket.
    func open(_ path: String = "/socket", reading: Bool = true) async throws -> SocketClient {
        let client = try await connect()
        try await client.open(path)
        if !reading { try await client.stopReading() }
        return client
    }

    /// Waits until a number of WebSockets have ended, and all their memory has been returned.
    func endings(count: Int) async throws -> [WebSocketEnding?] {
        try await eventually("\(count) WebSockets end") { endings.all.count >= count }
        try await eventually("no memory is taken") { budget.used == 0 }
        return endings.all
    }
}

/// A list that a server adds to.
final class Endings: Sendable {
    private let list = Mutex<[WebSocketEnding?]>([])

    var all: [WebSocketEnding?] { list.withLock { $0 } }

    func add(_ ending: WebSocketEnding?) { list.withLock { $0.append(ending) } }
}

/// Holds a session until a test lets it go on.
final class Pause: Sendable {
    private let isOver = OneShot<Void>()

    func end() { isOver.resolve() }

    func wait() async throws {
        guard try await isOver.value(within: .seconds(120)) != nil else { throw NeverHappened("The pause ends") }
    }
}

extension WebSocketLimits {
    /// The limits of a server, with changes.
    static func with(_ change: (inout Self) -> Void) -> Self {
        var limits = Self()
        change(&limits)
        return limits
    }
}
