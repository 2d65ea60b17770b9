import Essentials
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose requests arrive too slowly, even if they trickle, and those whose responses are not read.
final class RequestPaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private let policy: CrossOriginPolicy
    private var pace: RequestTimeouts
    private var order = AnswerOrder()
    /// The request being received.
    private var request: HTTPRequest?
    /// Whether the last bytes completed a part of a request.
    private var madePart = false
    /// Whether the server waits for bytes.
    private var isReading = false
    private var isOver = false
    private var nextLook: Scheduled<Void>?
    private var stall: Scheduled<Void>?

    init(limits: ConnectionLimits, policy: CrossOriginPolicy) {
        self.limits = limits
        self.policy = policy
        pace = RequestTimeouts(limits: limits, openedAt: .now)
    }

    func channelActive(context: ChannelHandlerContext) {
        look(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        nextLook?.cancel()
        stall?.cancel()
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        madePart = true
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = head
            order.requestBegan()
            pace.receiveHead(at: .now)
        case .body(let bytes): pace.receiveBody(bytes.readableBytes)
        case .end: pace.receiveEnd()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if !madePart { pace.receiveBytes(at: .now) }
        madePart = false
        if nextLook == nil, !isOver { look(context) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational: order.answerBegan()
        case .head, .body: break
        case .end: order.answerEnded()
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            stall = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.rateWindow)) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is UploadGivesWay else { return context.fireUserInboundEventTriggered(event) }
        if !isOver, pace.isInBody { end(order.lastMayBeAnswered ? .uploadGaveWay : nil, to: request, context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        nextLook = nil
        switch pace.check(at: .now, isClientsTurn: isReading) {
        case .rest: break
        case .wait(let deadline):
            let time = TimeAmount(max(.zero, deadline - .now))
            nextLook = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.look(context) }
        case .headTooSlow(let isBegun):
            end(isBegun && order.nextMayBeAnswered ? .headTooSlow(limit: limits.headTime) : nil, to: nil, context)
        case .bodyTooSlow:
            let error = APIError.bodyTooSlow(rate: limits.minimumRate, over: limits.rateWindow)
            end(order.lastMayBeAnswered ? error : nil, to: request, context)
        }
    }

    /// Closes the connection, after an error response if there is one.
    private func end(_ error: APIError?, to request: HTTPRequest?, _ context: ChannelHandlerContext) {
        isOver = true
        if let error {
            FinalErrorResponse(error: error, policy: policy).send(answering: request, context: context)
        } else {
            context.close(promise: nil)
        }
    }
}

extension APIError {
    fileprivate static func headTooSlow(limit: Duration) -> Self {
        .requestTimeout("The head of the request was not there within \(HumanFormat.time(limit)) (--header-timeout).")
    }

    fileprivate static func bodyTooSlow(rate: Int, over time: Duration) -> Self {
        .requestTimeout(
            "The request came in at less than \(HumanFormat.count(rate, "byte")) a second (--min-upload-rate) for"
                + " \(HumanFormat.time(time)).")
    }
}
