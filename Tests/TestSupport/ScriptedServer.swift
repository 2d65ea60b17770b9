import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server that responds to each request with the next step of its script, well-formed or not; the last step repeats.
final class ScriptedServer: Sendable {
    /// A step after a whole request has been read.
    enum Step: Sendable {
        case send(String)
        case pause(Duration)
        case hangUp
    }

    /// A request as received.
    struct Request: Sendable {
        var head: String
        var body: String

        /// The first line without its version.
        var line: String { String(head.prefix { $0 != "\r\n" }).replacing(" HTTP/1.1", with: "") }
    }

    private struct State {
        var script: [[Step]]
        var requests: [Request] = []
    }

    private let state: Mutex<State>
    private let boundPort = Mutex(0)

    fileprivate init(_ script: [[Step]]) {
        state = Mutex(State(script: script))
    }

    /// The requests so far.
    var requests: [Request] { state.withLock { $0.requests } }

    /// The base URL of its API.
    var url: String { "http://127.0.0.1:\(port)/v1" }

    /// The port that it listens on.
    fileprivate(set) var port: Int {
        get { boundPort.withLock { $0 } }
        set { boundPort.withLock { $0 = newValue } }
    }

    fileprivate func next(after request: Request) -> [Step] {
        state.withLock { state in
            state.requests.append(request)
            return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
        }
    }

    fileprivate func serve(
        _ bytes: NIOAsyncChannelInboundStream<ByteBuffer>, _ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        var iterator = bytes.makeAsyncIterator()
        while let request = try await Self.request(from: &iterator) {
            for step in next(after: request) {
                switch step {
                case .send(let text): try await writer.write(ByteBuffer(string: text))
                case .pause(let time): try await Task.sleep(for: time)
                case .hangUp: return
                }
            }
        }
    }

    private static func request(
        from bytes: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) async throws -> Request? {
        var seen = Data()
        while let piece = try await bytes.next() {
            seen += Data(piece.readableBytesView)
            guard let end = seen.range(of: Data("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: seen[..<end.lowerBound], as: UTF8.self)
            let length = head.firstMatch(of: /(?i)content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
            if seen.count - end.upperBound >= length {
                return Request(head: head, body: String(decoding: seen[end.upperBound...], as: UTF8.self))
            }
        }
        return nil
    }
}

extension [ScriptedServer.Step] {
    /// A complete response.
    static func answer(_ status: Int, _ body: String, type: String = "text/plain", headers: [String] = []) -> Self {
        let lines =
            ["HTTP/1.1 \(status) Words", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + headers
        return [.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)]
    }

    /// A response whose body is sent in these pieces, with pauses between them, and ends with the connection.
    static func stream(_ pieces: [String]) -> Self {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        return [.send(head)] + pieces.flatMap { [.send($0), .pause(.milliseconds(20))] } + [.hangUp]
    }
}

/// Runs `body` with a server that follows a script.
func withScriptedServer<R: Sendable>(
    _ script: [ScriptedServer.Step]..., isolation: isolated (any Actor)? = #isolation,
    _ body: (ScriptedServer) async throws -> R
) async throws -> R {
    try await withScriptedServer(script, isolation: isolation, body)
}

/// Runs `body` with a server that follows a script.
func withScriptedServer<R: Sendable>(
    _ script: [[ScriptedServer.Step]], isolation: isolated (any Actor)? = #isolation,
    _ body: (ScriptedServer) async throws -> R
) async throws -> R {
    let server = ScriptedServer(script)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
        host: "127.0.0.1", port: 0
    ) { connection in
        connection.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: connection)
        }
    }
    server.port = channel.channel.localAddress?.port ?? 0
    Task {
        try await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { try? await connection.executeThenClose { try await server.serve($0, $1) } }
                }
                group.cancelAll()
            }
        }
    }
    // Closing makes NIO hand out and end every accepted connection; none may be dropped.
    defer { channel.channel.close(promise: nil) }
    return try await body(server)
}
