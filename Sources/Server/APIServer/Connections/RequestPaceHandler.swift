import Essentials
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose requests arrive too slowly, even if they trickle, those whose responses are not read, and
/// those whose requests go on for long after their response.
///
/// Hummingbird reads the body of an answered request to its end, however long, to find the next request.
final class RequestPaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private let policy: CrossOriginPolicy
    private var pace: RequestTimeouts
    private var order = AnswerOrder()
    private var request: HTTPRequest?
    /// Whether the last bytes completed a part of a request.
    private var madePart = false
    /// Whether the server waits for bytes.
    private var isReading = false
    private var isOver = false
    private var nextLook: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    /// The bytes of the current body that were read after its response.
    private var unneeded = 0
    private var unneededEnd: Scheduled<Void>?

    /// The most bytes of an unneeded body that are read.
    private static let unneededLimit = 256 * 1024
    /// How long reading them may take.
    private static let unneededTime = TimeAmount.seconds(5)

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
        unneededEnd?.cancel()
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
            unneeded = 0
        case .body(let bytes):
            pace.receiveBody(bytes.readableBytes)
            if order.nextMayBeAnswered { unneeded += bytes.readableBytes }
            guard unneeded <= Self.unneededLimit else { return LingeringClose.begin(on: context.channel) }
        case .end:
            pace.receiveEnd()
            unneededEnd?.cancel()
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
        case .end:
            order.answerEnded()
            guard pace.isInBody, order.nextMayBeAnswered else { break }
            let channel = context.channel
            unneededEnd = context.eventLoop.scheduleTask(in: Self.unneededTime) { LingeringClose.begin(on: channel) }
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
            let error = APIError.requestTimeout(
                "The head of the request was not there within \(HumanFormat.time(limits.headTime)) (--header-timeout).")
            end(isBegun && order.nextMayBeAnswered ? error : nil, to: nil, context)
        case .bodyTooSlow:
            let error = APIError.requestTimeout(
                "The request came in at less than \(HumanFormat.count(limits.minimumRate, "byte")) a second"
                    + " (--min-upload-rate) for \(HumanFormat.time(limits.rateWindow)).")
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
