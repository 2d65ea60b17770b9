import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Limits how much of a request's body is read after its response has been sent.
///
/// Hummingbird reads such a body to its end, however long, to find the next request. If the rest is small and arrives
/// soon, it is read and the connection stays open; otherwise the connection is closed.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The most bytes of an unneeded body that are read.
    private static let limit = 256 * 1024
    /// How long reading them may take.
    private static let time = TimeAmount.seconds(5)

    private var order = AnswerOrder()
    private var isIncoming = false
    /// The bytes of an unneeded body read so far.
    private var wasted = 0
    private var deadline: Scheduled<Void>?

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            order.requestBegan()
            (isIncoming, wasted) = (true, 0)
        case .body(let bytes) where order.nextMayBeAnswered:
            wasted += bytes.readableBytes
            guard wasted <= Self.limit else { return LingeringClose.begin(on: context.channel) }
        case .body: break
        case .end:
            isIncoming = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .end = unwrapOutboundIn(data) else { return }
        order.answerEnded()
        if isIncoming, order.nextMayBeAnswered {
            let channel = context.channel
            deadline = context.eventLoop.scheduleTask(in: Self.time) { LingeringClose.begin(on: channel) }
        }
    }
}

/// How far a connection's responses are behind its requests; they are sent in the order of the requests.
struct AnswerOrder {
    private var requests = 0
    private var begun = 0
    private var ended = 0

    mutating func requestBegan() { requests += 1 }
    mutating func answerBegan() { begun += 1 }
    mutating func answerEnded() { ended += 1 }

    /// Whether the next thing to send is the response to the latest request.
    var lastMayBeAnswered: Bool { ended == requests - 1 && begun == ended }

    /// Whether all requests have been answered.
    var nextMayBeAnswered: Bool { ended == requests }
}
