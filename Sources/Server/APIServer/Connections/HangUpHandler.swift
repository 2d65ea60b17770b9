import NIOCore
import NIOHTTPTypes

/// Closes a connection when the client closes its side, and tells of its end, so that work for nobody can stop.
///
/// Hummingbird allows a client to send nothing more and still read; on HTTP/1.1 that is a client that has gone
/// (RFC 9112, section 9.6).
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
