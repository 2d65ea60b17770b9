import NIOCore
import NIOHTTPTypes

/// Closes a connection when the client closes its side, and reports its end, so that the work for it can stop.
///
/// Hummingbird lets a client close its sending side and still read. With HTTP/1.1, such a client has gone (RFC 9112,
/// section 9.6).
final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let hangUps: DisconnectRegistry

    init(_ hangUps: DisconnectRegistry) {
        self.hangUps = hangUps
    }

    func channelInactive(context: ChannelHandlerContext) {
        hangUps.ended(context.channel)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }
}
