import NIOCore
import NIOHTTP1
import Transcription

/// One connection to an engine: sends a request in one write, and hands on the body of its answer as it comes.
///
/// There is one request at a time. When the answer has ended, the connection is for the next one; when the connection ends
/// first, or the engine refuses or falls silent, the answer is lost.
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

    private var request: Request?
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
        case .head(let head): if head.status != .ok { lose(context) }
        case .body(let bytes): request?.answer.yield(bytes)
        case .end:
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
        if request?.number == hangUp.number { lose(context) }
        promise?.succeed()
    }

    /// SwiftNIO's `IdleStateHandler` tells of silence, which says nothing between two requests.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        if request != nil, context.eventLoop.now - began >= Self.patience { lose(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lose(context)
    }

    /// Ends the connection, and the answer that it was to bring.
    private func lose(_ context: ChannelHandlerContext) {
        exchange(&request, with: nil)?.answer.finish(throwing: EngineConnection.Lost())
        context.close(promise: nil)
    }
}
