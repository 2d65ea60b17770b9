import NIOCore
import NIOWebSocket

/// Pings a server that has said nothing for a while, and ends a connection in which the ping gets no answer either: a network that
/// is gone reports no end.
final class Heartbeat: ChannelInboundHandler {
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
            context.fireErrorCaught(LiveEnding.failed("It does not answer any more."))
            return context.close(promise: nil)
        }
        isWaiting = true
        context.writeAndFlush(wrapOutboundOut(RealtimeSocket.frame(.ping, ByteBuffer())), promise: nil)
    }
}
