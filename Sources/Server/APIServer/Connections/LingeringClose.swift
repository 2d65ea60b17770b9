import NIOCore

/// Ends a connection behind its last answer (RFC 9112, section 9.6).
///
/// To close at once would reset the connection under the answer, which the client has not read, perhaps since it is still
/// sending. So the connection says that nothing more will be sent, and what comes is taken and thrown away, until the
/// client closes too, or for some time. The times are nginx's (`lingering_time`, `lingering_timeout`). A client that sends
/// without end is read no more after a while, but has the same time to read its answer.
///
/// This handler is the first behind the socket, so that nothing that comes meanwhile is read as a request.
final class LingeringClose: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The longest time that is left to the client, from the moment when the answer is out.
    private static let time = TimeAmount.seconds(30)
    /// The longest time without a byte.
    private static let silence = TimeAmount.seconds(5)
    /// The most bytes that are thrown away: an upload of this size is refused without an error of its connection.
    static let limit = 32 << 20

    private var context: ChannelHandlerContext?
    private var isLingering = false
    private var bytes = 0
    private var lastRead = NIODeadline.now()

    /// Ends a connection, on its event loop. What has been written is still sent; nothing else may be written afterwards.
    static func begin(on channel: any Channel) {
        guard let handler = try? channel.pipeline.syncOperations.handler(type: LingeringClose.self) else {
            return channel.close(promise: nil)
        }
        handler.begin()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

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

    /// Closes the connection, now or later.
    private func look(until end: NIODeadline) {
        guard let context else { return }
        let next = min(end, lastRead + Self.silence)
        guard next > .now() else { return context.close(promise: nil) }
        context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.look(until: end) }
    }
}
