import Basics
import NIOCore
import NIOHTTP1

/// One connection to an engine: sends a request in one write, and hands on the body of its answer as it comes.
///
/// There is one request at a time. When the answer has ended, the connection is for the next one. When the connection ends
/// first, or the engine refuses or falls silent, the answer ends with an `EngineConnection.Failure`.
final class EngineExchange: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Request
    typealias OutboundOut = HTTPClientRequestPart

    /// A request, and who gets the answer's body.
    struct Request: Sendable {
        let number = SerialNumber()
        let head: HTTPRequestHead
        let body: ByteBuffer
        let answer: EngineAnswer.Pieces.Continuation
    }

    /// An outbound event: closes the connection if it is still busy with the request of this number, and not with the next.
    struct HangUp: Sendable {
        let number: SerialNumber
    }

    /// How long an engine may be silent with a request in hand, and as long again at most until it is noticed. It says every
    /// second that it works, so one that does not hangs.
    static let patience = TimeAmount.seconds(30)

    /// The most bytes that an answer may have: many times what the longest recording makes.
    static let largestAnswer = 1 << 28
    /// How much of a refusal is kept: a sentence.
    private static let longestRefusal = 1000

    private var request: Request?
    /// What the engine answers instead of a result.
    private var refusal: (status: HTTPResponseStatus, words: String)?
    private var received = 0
    private var began = NIODeadline.distantPast
    private let onEnd: (any Channel) -> Void

    /// Makes a connection's handler.
    ///
    /// - Parameter onEnd: Told of the connection whenever an answer has ended.
    init(onEnd: @escaping (any Channel) -> Void) {
        self.onEnd = onEnd
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        self.request = request
        began = context.eventLoop.now
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        if request.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            received = 0
            if head.status != .ok { refusal = (head.status, "") }
        case .body(let bytes):
            received += bytes.readableBytes
            if refusal != nil {
                let text = String(buffer: bytes)
                refusal?.words += text.prefix(max(0, Self.longestRefusal - received + bytes.readableBytes))
            } else if received > Self.largestAnswer {
                fail(context, .closed("its answer has more than \(Self.largestAnswer) bytes"))
            } else {
                request?.answer.yield(bytes)
            }
        case .end:
            if let refusal { return fail(context, .refused(refusal.status.code, refusal.words)) }
            guard let ended = exchange(&request, with: nil) else { return }
            onEnd(context.channel)
            ended.answer.finish()
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let hangUp = event as? HangUp else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if request?.number == hangUp.number { fail(context, .closed("we hung up")) }
        promise?.succeed()
    }

    /// SwiftNIO's `IdleStateHandler` tells of silence, which says nothing between two requests.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        if request != nil, context.eventLoop.now - began >= Self.patience { fail(context, .silent) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, .closed("it closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(context, .closed("\(error)"))
    }

    /// Ends the connection, and the answer that it was to bring.
    private func fail(_ context: ChannelHandlerContext, _ failure: EngineConnection.Failure) {
        exchange(&request, with: nil)?.answer.finish(throwing: failure)
        context.close(promise: nil)
    }
}
