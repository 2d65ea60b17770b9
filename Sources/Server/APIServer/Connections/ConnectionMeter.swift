import CoreMetrics
import NIOCore
import NIOHTTPTypes

/// Counts the connections that are open: one of these is in each, until it closes.
final class ConnectionMeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let open: Meter

    init(_ open: Meter) {
        self.open = open
    }

    func handlerAdded(context: ChannelHandlerContext) {
        open.increment()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        open.decrement()
    }
}
