import NIOCore
import NIOHTTPTypes

/// Adds the security headers to every response.
final class SecurityHeadersHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status.kind != .informational else {
            context.write(data, promise: promise)
            return
        }
        SecurityHeaders.complete(&head.headerFields)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
