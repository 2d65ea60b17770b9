import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A web server on this machine with responses chosen by a test.
struct FileServer: Sendable {
    /// The response to a GET.
    enum Answer: Sendable {
        /// The bytes, with their length.
        case bytes([UInt8])
        /// The bytes without their length.
        case unmeasured([UInt8])
        /// The bytes, with a content type.
        case typed(String, [UInt8])
        /// The bytes, the second half of them once the gate is open.
        case gated(Gate, [UInt8])
        /// The bytes, then the connection is closed although more were promised.
        case cut([UInt8], promised: Int)
        /// Only a status.
        case status(Int)
        /// A redirect to another address.
        case redirect(String)
        /// The requested range of the bytes; the connection is closed after `cutAfter` of them.
        case ranged([UInt8], tag: String?, cutAfter: Int = .max, pause: Duration = .zero)
        /// A status with `Retry-After`.
        case retry(Int, after: Int)
        /// The head of a response and some bytes, then nothing more until the gate opens.
        case stalled(Gate, [UInt8], promised: Int)
        /// A part of the file that starts elsewhere than requested.
        case wrongPart([UInt8])
        /// One response per request; the last is repeated.
        case inTurn([FileServer.Answer])
    }

    /// A client's request.
    struct Ask: Sendable {
        let path: String
        let authorization: String?
        let range: String?
        let ifRange: String?
    }

    fileprivate final class Log: Sendable {
        let asks = Mutex<[Ask]>([])
        let sent = Atomic(0)
    }

    /// The port that it listens on.
    let port: Int
    fileprivate let log: Log

    /// The requests so far.
    var asks: [Ask] { log.asks.withLock { $0 } }

    /// The number of file bytes sent so far by `ranged` responses.
    var sent: Int { log.sent.load(ordering: .relaxed) }

    /// The address of a path on this server.
    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// A gate to wait for, opened once.
final class Gate: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

/// Runs `body` with a server that has a response for each path, and 404 for all others.
func withFileServer<R: Sendable>(
    _ answers: [String: FileServer.Answer], isolation: isolated (any Actor)? = #isolation,
    _ body: (FileServer) async throws -> R
) async throws -> R {
    let log = FileServer.Log()
    let (ports, told) = AsyncStream.makeStream(of: Int.self)
    let app = Application(
        responder: CallbackResponder<BasicRequestContext> { request, _ in
            let ask = FileServer.Ask(
                path: request.uri.path, authorization: request.headers[.authorization], range: request.headers[.range],
                ifRange: request.headers[.ifRange])
            let turn = log.asks.withLock { asks in
                asks.append(ask)
                return asks.count { $0.path == ask.path } - 1
            }
            return (answers[ask.path] ?? .status(404)).response(to: ask, turn: turn, log: log)
        },
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { told.yield($0.localAddress?.port ?? 0) },
        logger: Logger(label: "file server") { _ in SwiftLogNoOpLogHandler() })
    let running = Task { try await app.run() }
    defer { running.cancel() }
    let port = await ports.first { _ in true } ?? 0
    return try await body(FileServer(port: port, log: log))
}

extension FileServer.Answer {
    private struct LineCut: Error {}

    fileprivate func response(to ask: FileServer.Ask, turn: Int, log: FileServer.Log) -> Response {
        switch self {
        case .inTurn(let answers):
            return answers[min(turn, answers.count - 1)].response(to: ask, turn: turn, log: log)
        case .ranged(let bytes, let tag, let limit, let pause):
            return Self.ranged(bytes, tag, limit, pause, ask, log)
        default: return response
        }
    }

    /// RFC 9110, section 14: a part if it is requested and the file is unchanged, else the whole file.
    private static func ranged(
        _ bytes: [UInt8], _ tag: String?, _ limit: Int, _ pause: Duration, _ ask: FileServer.Ask, _ log: FileServer.Log
    ) -> Response {
        var start = ask.range.flatMap { Int($0.drop { !$0.isNumber }.prefix { $0.isNumber }) } ?? 0
        if let condition = ask.ifRange, condition != tag { start = 0 }
        guard start < bytes.count || start == 0 else {
            return Response(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(bytes.count)"])
        }
        var headers: HTTPFields = [:]
        if let tag { headers[.eTag] = tag }
        if start > 0 { headers[.contentRange] = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)" }
        let rest = bytes[start...].prefix(limit)
        let isCut = bytes.count - start > limit
        let promised = bytes.count - start
        return Response(
            status: start > 0 ? .partialContent : .ok, headers: headers,
            body: .init(contentLength: promised) { writer in
                for first in stride(from: rest.startIndex, to: rest.endIndex, by: 1 << 16) {
                    let part = rest[first..<min(first + (1 << 16), rest.endIndex)]
                    log.sent.add(part.count, ordering: .relaxed)
                    try await writer.write(ByteBuffer(bytes: part))
                    if pause > .zero { try await Task.sleep(for: pause) }
                }
                if isCut { throw LineCut() }
                try await writer.finish(nil)
            })
    }

    private var response: Response {
        switch self {
        case .ranged, .inTurn: preconditionFailure("These depend on the request.")
        case .retry(let code, let seconds):
            Response(status: .init(code: code), headers: [.retryAfter: "\(seconds)"])
        case .stalled(let gate, let bytes, let promised):
            Response(
                status: .ok, headers: [.eTag: "\"1\""],
                body: .init(contentLength: promised) { writer in
                    try await writer.write(ByteBuffer(bytes: bytes))
                    await gate.wait()
                    throw LineCut()
                })
        case .wrongPart(let bytes):
            Response(
                status: .partialContent, headers: [.contentRange: "bytes 1-\(bytes.count)/\(bytes.count + 1)"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .bytes(let bytes):
            Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .unmeasured(let bytes):
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(bytes: bytes))
                    try await writer.finish(nil)
                })
        case .typed(let type, let bytes):
            Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .gated(let gate, let bytes):
            Response(
                status: .ok,
                body: .init(contentLength: bytes.count) { writer in
                    try await writer.write(ByteBuffer(bytes: bytes.prefix(bytes.count / 2)))
                    await gate.wait()
                    try await writer.write(ByteBuffer(bytes: bytes.dropFirst(bytes.count / 2)))
                    try await writer.finish(nil)
                })
        case .cut(let bytes, let promised):
            Response(
                status: .ok,
                body: .init(contentLength: promised) { writer in
                    try await writer.write(ByteBuffer(bytes: bytes))
                    throw LineCut()
                })
        case .status(let code):
            Response(status: .init(code: code))
        case .redirect(let url):
            Response(status: .found, headers: [.location: url])
        }
    }
}
