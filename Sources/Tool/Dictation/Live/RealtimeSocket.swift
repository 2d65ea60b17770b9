import Essentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization
import TranscriptFormats

/// The WebSocket of a live session (RFC 6455).
struct RealtimeSocket: Sendable {
    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    private typealias Writer = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// The largest message that is read, in bytes.
    private static let largestMessage = 1 << 20
    private static let mostFragments = 1024

    private let frames: NIOAsyncChannelInboundStream<WebSocketFrame>
    private let writer: Writer

    /// The server's messages, which can be read once.
    var messages: RealtimeMessages { RealtimeMessages(frames: frames.makeAsyncIterator(), writer: writer) }

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
                frames.channel.writeAndFlush(frame(.connectionClose, code), promise: nil)
            }
            try await body(RealtimeSocket(frames: inbound, writer: outbound))
        }
    }

    /// Sends a message; waits while the server does not read.
    func send(_ text: String) async throws { try await writer.write(Self.frame(.text, ByteBuffer(string: text))) }

    /// A client's frame, which is masked.
    static func frame(_ opcode: WebSocketOpcode, _ content: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: content)
    }

    // MARK: Opening

    private enum Answer {
        case frames(Frames)
        case refused
    }

    private static func open(
        _ request: HTTPRequestHead, to url: URL, within limit: Duration, heartbeat: Duration
    ) async throws(LiveEnding) -> Frames {
        let status = StatusReader.Status()
        let answer: Answer
        do {
            let isSecure = url.scheme?.lowercased() == "https"
            guard let host = url.host?.withoutBrackets else { throw ChannelError.unknownLocalAddress }
            let tls = isSecure ? try Self.tls() : nil
            answer = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limit))
                .connect(host: host, port: url.port ?? (isSecure ? 443 : 80)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls { try secure(channel, tls, host) }
                        return try upgrade(channel, request, status, within: limit, heartbeat: heartbeat)
                    }
                }.get()
        } catch is NIOHTTPClientUpgradeError {
            throw .unsupported("It speaks no WebSocket.")
        } catch {
            throw .failed(error is ChannelError ? "It does not answer." : "The connection failed: \(error).")
        }
        switch answer {
        case .frames(let frames): return frames
        case .refused:
            guard let code = status.code, code != 101 else { throw .unsupported("It speaks no WebSocket.") }
            let words = "It answers \(code) to a live session."
            // A busy or failing server may have recovered when the next session is opened.
            if [408, 429, 500, 502, 503, 504].contains(code) { throw .failed(words) }
            throw .unsupported(words)
        }
    }

    private static func tls() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    private static func secure(_ channel: any Channel, _ tls: NIOSSLContext, _ host: String) throws {
        // Addresses have no place in a server's name (RFC 6066, section 3).
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
    }

    /// Sets the channel up to send the request. If the answer takes longer than `limit`, the channel is closed.
    private static func upgrade(
        _ channel: any Channel, _ request: HTTPRequestHead, _ status: StatusReader.Status, within limit: Duration,
        heartbeat: Duration
    ) throws -> EventLoopFuture<Answer> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Answer>(maxFrameSize: largestMessage) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers([
                    IdleStateHandler(readTimeout: TimeAmount(heartbeat)), Heartbeat(),
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: mostFragments,
                        maxAccumulatedFrameSize: largestMessage),
                ])
                return .frames(try Frames(wrappingChannelSynchronously: channel))
            }
        }
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        let validator = NIOHTTPRequestHeadersValidator()
        let reader = StatusReader(status)
        let handler = NIOTypedHTTPClientUpgradeHandler<Answer>(
            httpHandlers: [reader, encoder, validator, decoder],
            upgradeConfiguration: .init(upgradeRequestHead: request, upgraders: [upgrader]) { channel in
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(.refused)
            })
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([encoder, decoder, validator, reader])
        try pipeline.addHandler(handler)
        let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
        handler.upgradeResultFuture.whenComplete { result in
            timeout.cancel()
            if case .failure = result { channel.close(promise: nil) }
        }
        return handler.upgradeResultFuture
    }
}

/// The messages of a live session's server, one after the other. Answers its pings.
struct RealtimeMessages {
    fileprivate var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
    fileprivate let writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private var allowance = ReadAllowance(since: .now)

    fileprivate init(
        frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator,
        writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) {
        self.frames = frames
        self.writer = writer
    }

    /// The next message.
    ///
    /// - Throws: `LiveEnding` if the connection ends or the server violates the protocol.
    mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> ByteBuffer {
        while let frame = try await nextFrame() {
            guard allowance.admits(frame.length, at: .now) else {
                throw LiveEnding.failed("It sends more than a live session needs.")
            }
            guard frame.maskKey == nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
                throw LiveEnding.failed("It violates the WebSocket protocol.")
            }
            switch frame.opcode {
            case .text: return frame.data
            case .ping: try await writer.write(RealtimeSocket.frame(.pong, frame.data))
            case .pong: break
            case .connectionClose: throw Self.ending(frame.data)
            default: throw LiveEnding.failed("It sends messages that are no text.")
            }
        }
        throw LiveEnding.failed("It hung up.")
    }

    private mutating func nextFrame(
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> WebSocketFrame? {
        do {
            return try await frames.next(isolation: isolation)
        } catch let error where error is CancellationError || error is LiveEnding {
            throw error
        } catch {
            throw LiveEnding.failed("Its messages cannot be read: \(error).")
        }
    }

    private static func ending(_ content: ByteBuffer) -> LiveEnding {
        var content = content
        switch content.readWebSocketErrorCode() {
        case .normalClosure, .goingAway: return .expired
        case let code:
            let reason = ServerReason.find(in: content.readableBytesView) ?? code.map { "\($0)" } ?? "without a reason"
            return .failed("It closed the session: \(ServerReason.asSentence(reason))")
        }
    }
}

/// How much a server may send in a live session: far more than its texts take, but not without end. Does no I/O.
struct ReadAllowance {
    /// In bytes.
    private static let atOnce = 4 << 20
    private static let perSecond = 64 << 10
    /// What a frame counts beside its content.
    private static let frame = 64

    private let start: ContinuousClock.Instant
    private var count = 0

    init(since start: ContinuousClock.Instant) { self.start = start }

    /// Counts a frame of this many bytes; returns whether it is allowed.
    mutating func admits(_ bytes: Int, at now: ContinuousClock.Instant) -> Bool {
        count = count.addingClamped(bytes.addingClamped(Self.frame))
        let seconds = Int(clamped: (now - start) / .seconds(1))
        return count <= Self.atOnce.addingClamped(seconds.multipliedClamped(by: Self.perSecond))
    }
}

/// Notes the status of a response on its way to the upgrade handler, which does not tell it.
private final class StatusReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart

    final class Status: Sendable {
        private let value = Mutex<UInt?>(nil)
        /// `nil` until the response has arrived.
        var code: UInt? { value.withLock { $0 } }
        fileprivate func note(_ code: UInt) { value.withLock { $0 = code } }
    }

    private let status: Status

    init(_ status: Status) { self.status = status }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if status.code == nil, case .head(let head) = unwrapInboundIn(data) { status.note(head.status.code) }
        context.fireChannelRead(data)
    }
}
