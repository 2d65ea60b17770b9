import NIOCore

/// Refuses clients that speak HTTP/2 from the first byte on (RFC 9113, section 3.3), in HTTP/2.
///
/// The client is sent empty settings and a GOAWAY frame with the error HTTP_1_1_REQUIRED. Without a response, or with
/// one in HTTP/1.1, the server would seem broken.
final class HTTP2Refusal: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The bytes received so far, while they may be a preface.
    private var beginning: ByteBuffer? = ByteBuffer()

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard var bytes = beginning else {
            context.fireChannelRead(data)
            return
        }
        var new = unwrapInboundIn(data)
        bytes.writeBuffer(&new)
        if bytes.readableBytesView.starts(with: Self.preface) {
            beginning = nil
            refuse(context)
        } else if Self.preface.starts(with: bytes.readableBytesView) {
            beginning = bytes
        } else {
            beginning = nil
            context.fireChannelRead(wrapInboundOut(bytes))
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let reason = "This server speaks HTTP/1.1 only."
        var frames = ByteBuffer()
        frames.writeFrame(type: 4, payload: ByteBuffer())  // SETTINGS (RFC 9113, section 6.5)
        var goAway = ByteBuffer()  // section 6.8
        goAway.writeInteger(UInt32(0))  // no stream was processed
        goAway.writeInteger(UInt32(0xD))  // HTTP_1_1_REQUIRED (section 7)
        goAway.writeString(reason)
        frames.writeFrame(type: 7, payload: goAway)
        context.write(wrapOutboundOut(frames), promise: nil)
        LingeringClose.begin(on: context.channel)
    }
}

extension ByteBuffer {
    /// Appends a frame for the whole connection, without flags (RFC 9113, section 4.1).
    fileprivate mutating func writeFrame(type: UInt8, payload: ByteBuffer) {
        writeInteger(UInt8(truncatingIfNeeded: payload.readableBytes >> 16))
        writeInteger(UInt16(truncatingIfNeeded: payload.readableBytes))
        writeMultipleIntegers(type, UInt8(0), UInt32(0))
        writeImmutableBuffer(payload)
    }
}
