package import Essentials
package import NIOCore
package import NIOHTTP1
import NIOPosix
package import NIOSSL
package import NIOWebSocket
import Synchronization

/// Opens WebSockets to servers (RFC 6455).
package enum WebSocketClient {
    package typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// Why there is no WebSocket, or none any more.
    package enum Failure: Error {
        /// The server answered with another status than 101.
        case refused(status: Int, retryAfter: Duration?)
        /// The server answered 101 and yet speaks no WebSocket.
        case unsupported
        /// There is no connection, or no answer within the time.
        case unreachable(any Error)
        /// The server does not answer pings any more.
        case silent
    }

    private static let mostFragments = 1024

    private enum Answer {
        case frames(Frames)
        case refused
    }

    /// Opens a WebSocket. A server that is silent for `heartbeat` is pinged; if it is silent for as long again, the connection
    /// ends. `tls` is used for `https`, and `largestMessage` is in bytes.
    package static func open(
        _ request: HTTPRequestHead, to url: URL, tls: NIOSSLContext?, within limit: Duration, heartbeat: Duration,
        largestMessage: Int
    ) async throws(Failure) -> Frames {
        let status = StatusReader.Status()
        let answer: Answer
        do {
            guard let host = url.host?.withoutBrackets else { throw ChannelError.unknownLocalAddress }
            answer = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limit))
                .connect(host: host, port: url.port ?? (tls == nil ? 80 : 443)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls { try secure(channel, tls, host) }
                        return try upgrade(
                            channel, request, status, within: limit, heartbeat: heartbeat,
                            largestMessage: largestMessage)
                    }
                }.get()
        } catch is NIOHTTPClientUpgradeError {
            throw .unsupported
        } catch {
            throw .unreachable(error)
        }
        switch answer {
        case .frames(let frames): return frames
        case .refused:
            guard let (code, pause) = status.value, code != 101 else { throw .unsupported }
            throw .refused(status: Int(code), retryAfter: pause)
        }
    }

    /// A client's frame, which is masked.
    package static func frame(_ opcode: WebSocketOpcode, _ content: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: content)
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
        heartbeat: Duration, largestMessage: Int
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

/// Notes the status of a response on its way to the upgrade handler, which does not tell it.
private final class StatusReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart

    final class Status: Sendable {
        private let head = Mutex<(status: UInt, retryAfter: Duration?)?>(nil)
        /// `nil` until the response has arrived.
        var value: (status: UInt, retryAfter: Duration?)? { head.withLock { $0 } }
        fileprivate func note(_ new: HTTPResponseHead) {
            head.withLock { head in
                head = head ?? (new.status.code, ResponseHead.seconds(of: new.headers.first(name: "retry-after")))
            }
        }
    }

    private let status: Status

    init(_ status: Status) { self.status = status }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { status.note(head) }
        context.fireChannelRead(data)
    }
}

/// Pings a server that has said nothing for a while, and ends a connection in which the ping gets no answer either: a network that
/// is gone reports no end.
private final class Heartbeat: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private var isWaiting = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isWaiting = false
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        guard !isWaiting else {
            context.fireErrorCaught(WebSocketClient.Failure.silent)
            return context.close(promise: nil)
        }
        isWaiting = true
        context.writeAndFlush(wrapOutboundOut(WebSocketClient.frame(.ping, ByteBuffer())), promise: nil)
    }
}
