import NIOCore

/// Refuses clients that speak HTTP/2 from the first byte on (RFC 9113, section 3.3), with empty settings and a GOAWAY
/// frame. Without a response, or with one in HTTP/1.1, the server would seem broken.
final class HTTP2Refusal: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The bytes received so far, while they may be a preface.
    private var beginning: ByteBuffer? = ByteBuffer()

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let reason = Array("This server speaks HTTP/1.1 only.".utf8)
    /// Two frames (RFC 9113, sections 4.1, 6.5 and 6.8): SETTINGS without content, and GOAWAY, by which no stream was
    /// processed and the error is HTTP_1_1_REQUIRED (section 7).
    private static let frames: [UInt8] =
        [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, UInt8(8 + reason.count), 7, 0, 0, 0, 0, 0]
        + [0, 0, 0, 0, 0, 0, 0, 0xD] + reason

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard var bytes = beginning else { return context.fireChannelRead(data) }
        var new = unwrapInboundIn(data)
        bytes.writeBuffer(&new)
        if bytes.readableBytesView.starts(with: Self.preface) {
            beginning = nil
            context.write(wrapOutboundOut(ByteBuffer(bytes: Self.frames)), promise: nil)
            LingeringClose.begin(on: context.channel)
        } else if Self.preface.starts(with: bytes.readableBytesView) {
            beginning = bytes
        } else {
            beginning = nil
            context.fireChannelRead(wrapInboundOut(bytes))
        }
    }
}
