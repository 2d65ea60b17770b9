import NIOCore
import NIOHTTPTypes

/// Sends the head of an answer with the first of its body: alone it tells nothing, and whoever reads it would take the
/// thread's core at a time when a recording waits to be read.
final class HeadWithBody: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var held: (head: HTTPResponsePart, promise: EventLoopPromise<Void>?)?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head = part {
            held = (part, promise)
            return
        }
        if let (head, promise) = exchange(&held, with: nil) { context.write(wrapOutboundOut(head), promise: promise) }
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        if held == nil { context.flush() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held?.promise?.fail(ChannelError.ioOnClosedChannel)
    }
}
