import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A web server on this machine that answers as a test wants.
struct FileServer: Sendable {
    /// What the server says to a GET.
    enum Answer: Sendable {
        /// The bytes, with their length.
        case bytes([UInt8])
        /// The bytes without their length.
        case unmeasured([UInt8])
        /// The bytes, said to be of a type.
        case typed(String, [UInt8])
        /// The bytes, the second half of them once the gate is open.
        case gated(Gate, [UInt8])
        /// The bytes, then the line is cut though more were promised.
        case cut([UInt8], promised: Int)
        /// No more than a status.
        case status(Int)
        /// The way to another address.
        case redirect(String)
    }

    /// What a client asked for.
    struct Ask: Sendable {
        let path: String
        let authorization: String?
    }

    fileprivate final class Log: Sendable {
        let asks = Mutex<[Ask]>([])
    }

    fileprivate let port: Int
    fileprivate let log: Log

    /// The requests so far.
    var asks: [Ask] { log.asks.withLock { $0 } }

    /// The address of a path on this server.
    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// Something to wait for, opened once.
final class Gate: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

/// Lends a server that gives each path its answer, and 404 to all others.
func withFileServer<R: Sendable>(
    _ answers: [String: FileServer.Answer], isolation: isolated (any Actor)? = #isolation,
    _ body: (FileServer) async throws -> R
) async throws -> R {
    let log = FileServer.Log()
    let (ports, told) = AsyncStream.makeStream(of: Int.self)
    let app = Application(
        responder: CallbackResponder<BasicRequestContext> { request, _ in
            let authorization = request.headers[.authorization]
            log.asks.withLock { $0.append(.init(path: request.uri.path, authorization: authorization)) }
            return (answers[request.uri.path] ?? .status(404)).response
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

    fileprivate var response: Response {
        switch self {
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
