import NIOCore
import NIOHTTP1

/// One connection to an engine: sends a request in one write, and hands on the body of its answer as it comes.
///
/// There is one request at a time. When the answer has ended, the connection is for the next one; when the connection ends
/// first, or the engine refuses, the answer is lost.
final class EngineExchange: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Request
    typealias OutboundOut = HTTPClientRequestPart

    /// A request, and who gets the answer's body.
    struct Request: Sendable {
        let head: HTTPRequestHead
        let body: ByteBuffer
        let answer: EngineAnswer.Pieces.Continuation
    }

    private var answer: EngineAnswer.Pieces.Continuation?
    private let onEnd: (any Channel) -> Void

    /// Makes a connection's handler.
    ///
    /// - Parameter onEnd: Told of the connection whenever an answer has ended.
    init(onEnd: @escaping (any Channel) -> Void) {
        self.onEnd = onEnd
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        answer = request.answer
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        if request.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): if head.status != .ok { context.close(promise: nil) }
        case .body(let bytes): answer?.yield(bytes)
        case .end:
            let ended = exchange(&answer, with: nil)
            if context.channel.isActive { onEnd(context.channel) }
            ended?.finish()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange(&answer, with: nil)?.finish(throwing: EngineConnection.Lost())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
