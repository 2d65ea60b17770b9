import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Bounds what may come of a request's body once its answer has gone out.
///
/// Hummingbird reads such a body to its end, however long, to find the next request. A small rest is read so, and the
/// connection stays; behind a longer one nothing more is read, and the connection ends.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The most bytes that are read in vain: about what fits into the buffers of a socket anyway.
    static let limit = 256 * 1024

    private var order = AnswerOrder()
    /// Whether the last answer ends the connection.
    private var isLast = false
    /// Bytes read in vain.
    private var wasted = 0
    private var isOver = false

    func read(context: ChannelHandlerContext) {
        if !isOver { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            order.requestBegan()
            wasted = 0
        case .body(let bytes) where order.nextMayBeAnswered:
            wasted += bytes.readableBytes
            guard wasted <= Self.limit else { return end(context) }
        case .body, .end: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational:
            isLast = head.headerFields[.connection] == "close"
        case .head, .body: break
        case .end:
            order.answerEnded()
            if isLast, order.nextMayBeAnswered { LingeringClose.begin(on: context.channel) }
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        LingeringClose.begin(on: context.channel)
    }
}
