import Essentials
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket
import TranscriptFormats
import Upstreams

/// The WebSocket of a live session (RFC 6455).
struct RealtimeSocket: Sendable {
    private typealias Frames = WebSocketClient.Frames
    private typealias Writer = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// The largest message that is read, in bytes.
    private static let largestMessage = 1 << 20

    private let frames: NIOAsyncChannelInboundStream<WebSocketFrame>
    private let writer: Writer

    /// The server's messages, which can be read once.
    var messages: RealtimeMessages { RealtimeMessages(received: WebSocketMessages(frames, answeringBy: writer)) }

    /// Opens a WebSocket and closes it when `body` returns. A server that is silent for `heartbeat` is pinged; if it is silent for
    /// as long again, the connection ends.
    ///
    /// - Throws: `LiveEnding` if it cannot be opened within the time, or what `body` throws.
    static func with(
        _ request: HTTPRequestHead, to url: URL, within limit: Duration, heartbeat: Duration,
        _ body: @Sendable (RealtimeSocket) async throws -> Void
    ) async throws {
        let frames = try await open(request, to: url, within: limit, heartbeat: heartbeat)
        try await frames.executeThenClose { inbound, outbound in
            defer {
                // Written at once or never: the server may not read any more.
                let code = ByteBuffer(integer: UInt16(webSocketErrorCode: .normalClosure))
                frames.channel.writeAndFlush(WebSocketClient.frame(.connectionClose, code), promise: nil)
            }
            try await body(RealtimeSocket(frames: inbound, writer: outbound))
        }
    }

    /// Sends a message; waits while the server does not read.
    func send(_ text: String) async throws {
        try await writer.write(WebSocketClient.frame(.text, ByteBuffer(string: text)))
    }

    private static func open(
        _ request: HTTPRequestHead, to url: URL, within limit: Duration, heartbeat: Duration
    ) async throws(LiveEnding) -> Frames {
        do {
            return try await WebSocketClient.open(
                request, to: url, tls: url.scheme?.lowercased() == "https" ? Self.tls() : nil, within: limit,
                heartbeat: heartbeat, largestMessage: largestMessage)
        } catch WebSocketClient.Failure.unsupported {
            throw .unsupported("It speaks no WebSocket.")
        } catch WebSocketClient.Failure.refused(let status, _) {
            let words = "It answers \(status) to a live session."
            // A busy or failing server may have recovered when the next session is opened.
            if [408, 429, 500, 502, 503, 504].contains(status) { throw .failed(words) }
            throw .unsupported(words)
        } catch WebSocketClient.Failure.unreachable(let error) where !(error is ChannelError) {
            throw .failed("The connection failed: \(error).")
        } catch {
            throw .failed("It does not answer.")
        }
    }

    private static func tls() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}

/// The messages of a live session's server, one after the other.
struct RealtimeMessages {
    fileprivate var received: WebSocketMessages

    /// The next message.
    ///
    /// - Throws: `LiveEnding` if the connection ends or the server violates the protocol.
    mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> ByteBuffer {
        do {
            return try await received.next(isolation: isolation)
        } catch let end as WebSocketMessages.End {
            throw Self.ending(end)
        }
    }

    private static func ending(_ end: WebSocketMessages.End) -> LiveEnding {
        switch end {
        case .flood: .failed("It sends more than a live session needs.")
        case .violation: .failed("It violates the WebSocket protocol.")
        case .notText: .failed("It sends messages that are no text.")
        case .closed(let content): ending(closing: content)
        case .hungUp: .failed("It hung up.")
        case .silent: .failed("It does not answer any more.")
        case .unreadable(let error): .failed("Its messages cannot be read: \(error).")
        }
    }

    private static func ending(closing content: ByteBuffer) -> LiveEnding {
        var content = content
        switch content.readWebSocketErrorCode() {
        case .normalClosure, .goingAway: return .expired
        case let code:
            let reason = ServerReason.find(in: content.readableBytesView) ?? code.map { "\($0)" } ?? "without a reason"
            return .failed("It closed the session: \(ServerReason.asSentence(reason))")
        }
    }
}
