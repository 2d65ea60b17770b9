import NIOCore

/// Closes a connection after its last response (RFC 9112, section 9.6).
///
/// Closing at once would reset the connection before a client that still sends has read the response. So only the
/// sending side is closed, and incoming bytes are discarded, until the client closes too or a timeout expires. The
/// timeouts are nginx's (`lingering_time`, `lingering_timeout`).
///
/// This is the first handler after the socket, so that none of the discarded bytes is read as a request.
final class LingeringClose: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The longest time for the client to close, from the moment the response has been sent.
    private static let time = TimeAmount.seconds(30)
    /// The longest time without a byte.
    private static let silence = TimeAmount.seconds(5)
    /// The most bytes that are discarded: an upload of this size is refused without a connection error.
    static let limit = 32 << 20

    private var context: ChannelHandlerContext?
    private var isLingering = false
    private var bytes = 0
    private var lastRead = NIODeadline.now()

    /// Closes a connection, on its event loop. Earlier writes are still sent; nothing else may be written afterwards.
    static func begin(on channel: any Channel) {
        guard let handler = try? channel.pipeline.syncOperations.handler(type: LingeringClose.self) else {
            return channel.close(promise: nil)
        }
        handler.begin()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isLingering else { return context.fireChannelRead(data) }
        bytes += unwrapInboundIn(data).readableBytes
        lastRead = .now()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard isLingering else { return context.fireChannelReadComplete() }
        if bytes < Self.limit { context.read() }
    }

    private func begin() {
        guard !isLingering, let context else { return }
        isLingering = true
        context.flush()
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: sent)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.lastRead = .now()
            self.look(until: .now() + Self.time)
        }
        context.read()
    }

    /// Closes the connection now, or checks again later.
    private func look(until end: NIODeadline) {
        guard let context else { return }
        let next = min(end, lastRead + Self.silence)
        guard next > .now() else { return context.close(promise: nil) }
        context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.look(until: end) }
    }
}
