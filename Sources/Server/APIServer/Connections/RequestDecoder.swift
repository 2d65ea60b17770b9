import NIOCore
import NIOHTTP1

/// Keeps a connection's HTTP decoder, and puts a new one in its place when a client has offered an upgrade.
///
/// NIO's decoder reads nothing more behind such an offer, since another protocol may follow. Where the offer is not taken
/// up, the connection goes on in HTTP/1.1 (RFC 9110, section 7.8). Java's client makes one with its first request.
///
/// This handler comes before the decoder. It holds the bytes that come while the decoder is being replaced, and it counts
/// them: the decoder takes chunk extensions of any length.
final class RequestDecoder: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The decoder that a connection begins with; it stands behind this handler.
    let first: ByteToMessageHandler<HTTPRequestDecoder>
    private var decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private var context: ChannelHandlerContext?
    /// Bytes for the next decoder; `nil` while there is one that reads.
    private var held: ByteBuffer?
    /// Bytes of the body that is on its way which are no part of what it says, if one is.
    private var framing: Int?
    /// Bytes that it says.
    private var content = 0
    private var isOver = false

    /// The most bytes of framing that a body may have beside this many times its content: a chunk of one byte has five.
    private static let mostFraming = (bytes: 256 * 1024, times: 16)

    init() {
        first = Self.make()
        decoder = first
    }

    /// What a decoder has not read when it goes comes as the error `leftoverDataWhenDone`.
    private static func make() -> ByteToMessageHandler<HTTPRequestDecoder> {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = limits.maxHeaderFieldSize
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .fireError, limitConfiguration: limits))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var bytes = unwrapInboundIn(data)
        guard held == nil else {
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

    /// A body begins, as the decoder says.
    func bodyBegan() { (framing, content) = (0, 0) }

    /// So many of the bytes that came are the body's.
    func bodyGrew(by count: Int) {
        framing? -= count
        content += count
    }

    /// The body has ended.
    func bodyEnded() { framing = nil }

    /// Replaces the decoder, which has read a request with an offer to its end.
    func replace() {
        guard held == nil, let context else { return }
        held = ByteBuffer()
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

    /// Takes what the old decoder had not read; it came before all that is held.
    func restore(_ leftover: ByteBuffer) {
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
