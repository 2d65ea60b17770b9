import CoreMetrics
import NIOCore
import NIOHTTPTypes

/// Counts open connections: each connection has one of these handlers until it closes.
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
