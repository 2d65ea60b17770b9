import NIOCore
import NIOHTTP1

/// Holds a connection's HTTP decoder, and replaces it after a client has offered an upgrade.
///
/// NIO's decoder stops reading after such an offer, but if it is not accepted, the connection goes on in HTTP/1.1 (RFC
/// 9110, section 7.8). Java's client makes an offer with its first request. This handler, before the decoder, holds the
/// bytes that arrive meanwhile. It also counts bytes, because the decoder accepts chunk extensions of any length.
final class RequestDecoder: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The current decoder; it is placed after this handler.
    private(set) var decoder = make()
    private var context: ChannelHandlerContext?
    /// Bytes for the next decoder; `nil` while a decoder reads.
    private var held: ByteBuffer?
    /// Bytes of the current body that are framing, not content; `nil` between bodies.
    private var framing: Int?
    private var content = 0
    private var isOver = false
    /// Whether bytes have arrived behind the latest offer.
    private(set) var hasReadBehindOffer = false

    /// The most framing of a body: `bytes`, and this many times its content. A chunk of one byte has five of framing.
    private static let mostFraming = (bytes: 256 * 1024, times: 16)

    /// Makes a decoder that reports its unread bytes on removal, as the error `leftoverDataWhenDone`.
    private static func make() -> ByteToMessageHandler<HTTPRequestDecoder> {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = limits.maxHeaderFieldSize
        return ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .fireError, limitConfiguration: limits))
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var bytes = unwrapInboundIn(data)
        hasReadBehindOffer = true
        if held != nil {
            held?.writeBuffer(&bytes)
            return
        }
        framing? += bytes.readableBytes
        context.fireChannelRead(data)
        if let framing, framing - Self.mostFraming.bytes > content * Self.mostFraming.times {
            isOver = true
            context.fireErrorCaught(HTTPParserError.invalidChunkSize)
        }
    }

    /// Starts the count for a body; called when the decoder has read a head.
    func bodyBegan() { (framing, content) = (0, 0) }

    /// Counts bytes as the body's content.
    func bodyGrew(by count: Int) {
        framing? -= count
        content += count
    }

    func bodyEnded() { framing = nil }

    /// Replaces the decoder, which has read a request with an offer to its end.
    func replace() {
        guard held == nil, let context else { return }
        held = ByteBuffer()
        hasReadBehindOffer = false
        let operations = context.pipeline.syncOperations
        let next = Self.make()
        do {
            try operations.addHandler(next, position: .before(decoder))
        } catch {
            context.fireErrorCaught(error)
            return
        }
        let removed = operations.removeHandler(decoder)
        decoder = next
        removed.assumeIsolated().whenComplete { _ in self.release() }
    }

    /// Takes the bytes that the old decoder has not read; they precede all that is held.
    func restore(_ leftover: ByteBuffer) {
        if leftover.readableBytes > 0 { hasReadBehindOffer = true }
        guard let rest = held else { return }
        held = leftover
        held?.writeImmutableBuffer(rest)
    }

    private func release() {
        guard let bytes = held, let context else { return }
        held = nil
        guard bytes.readableBytes > 0 else { return }
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
    }
}
