import Foundation
import NIOCore
import Synchronization

/// A server that responds to each request with the next step of its script, well-formed or not; the last step repeats.
/// It may answer `GET` apart from the script.
public struct ScriptedServer: Sendable {
    /// A step after a whole request has been read.
    public enum Step: Sendable {
        /// Sends a text.
        case send(String)
        /// Waits.
        case pause(Duration)
        /// Waits for what the test waits for.
        case wait(@Sendable () async -> Void)
        /// Closes the connection.
        case hangUp
    }

    /// A request as received.
    public struct Request: Sendable {
        /// Its lines before the empty one.
        public var head: String
        /// All after the empty line.
        public var body: String

        /// The first line without its version.
        public var line: String { String(head.prefix { $0 != "\r\n" }).replacing(" HTTP/1.1", with: "") }
    }

    fileprivate final class State: Sendable {
        private let state: Mutex<(script: [[Step]], requests: [Request], gets: [Request])>
        private let toGet: [Step]?

        init(_ script: [[Step]], toGet: [Step]?) {
            state = Mutex((script, [], []))
            self.toGet = toGet
        }

        var requests: [Request] { state.withLock { $0.requests } }
        var gets: [Request] { state.withLock { $0.gets } }

        func next(after request: Request) -> [Step] {
            state.withLock { state in
                if let toGet, request.line.hasPrefix("GET ") {
                    state.gets.append(request)
                    return toGet
                }
                state.requests.append(request)
                return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
            }
        }
    }

    fileprivate let state: State
    /// The port that it listens on.
    public let port: Int

    /// The requests so far.
    public var requests: [Request] { state.requests }

    /// The requests so far that are answered apart from the script.
    public var gets: [Request] { state.gets }

    /// The base URL of its API.
    public var url: String { "http://127.0.0.1:\(port)/v1" }
}

extension ScriptedServer.State {
    fileprivate func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { bytes, writer in
            var iterator = bytes.makeAsyncIterator()
            while let request = try await Self.request(from: &iterator) {
                for step in next(after: request) {
                    switch step {
                    case .send(let text): try await writer.write(ByteBuffer(string: text))
                    case .pause(let time): try await Task.sleep(for: time)
                    case .wait(let end): await end()
                    case .hangUp: return
                    }
                }
            }
        }
    }

    private static func request(
        from bytes: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) async throws -> ScriptedServer.Request? {
        var seen = Data()
        while let piece = try await bytes.next() {
            seen += Data(piece.readableBytesView)
            guard let end = seen.range(of: Data("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: seen[..<end.lowerBound], as: UTF8.self)
            let length = head.firstMatch(of: /(?i)content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
            if seen.count - end.upperBound >= length {
                return .init(head: head, body: String(decoding: seen[end.upperBound...], as: UTF8.self))
            }
        }
        return nil
    }
}

extension [ScriptedServer.Step] {
    /// A complete response.
    public static func answer(
        _ status: Int, _ body: String, type: String = "text/plain", headers: [String] = []
    ) -> Self {
        let lines =
            ["HTTP/1.1 \(status) Words", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + headers
        return [.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)]
    }

    /// A response whose body is sent in these pieces, with pauses between them, and ends with the connection.
    public static func stream(_ pieces: [String]) -> Self {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        return [.send(head)] + pieces.flatMap { [.send($0), .pause(.milliseconds(20))] } + [.hangUp]
    }

    /// No response, on an open connection.
    public static var silence: Self { [.pause(.seconds(3600))] }
}

/// Runs `body` with a server that follows a script.
public func withScriptedServer<R: Sendable>(
    _ script: [ScriptedServer.Step]..., toGet: [ScriptedServer.Step]? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (ScriptedServer) async throws -> R
) async throws -> R {
    try await withScriptedServer(script, toGet: toGet, isolation: isolation, body)
}

/// Runs `body` with a server that follows a script, and answers `GET` with other steps if there are any. With a
/// `certificate`, it speaks TLS.
public func withScriptedServer<R: Sendable>(
    _ script: [[ScriptedServer.Step]], toGet: [ScriptedServer.Step]? = nil, certificate: String? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (ScriptedServer) async throws -> R
) async throws -> R {
    let state = ScriptedServer.State(script, toGet: toGet)
    return try await withTestServer(
        certificate: certificate, serving: { try await state.serve($0) }, isolation: isolation
    ) { port in
        try await body(ScriptedServer(state: state, port: port))
    }
}
