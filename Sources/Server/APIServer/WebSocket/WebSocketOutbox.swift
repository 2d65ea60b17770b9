import NIOCore
import NIOWebSocket

/// What a WebSocket sends: in order, no faster than the client reads, and with at most one pong on its way. It is used
/// on the event loop only.
final class WebSocketOutbox {
    private let stallTime: Duration
    /// Called when the client has read nothing for too long.
    private let onStall: () -> Void
    private var context: ChannelHandlerContext?
    /// The frames that wait until the channel can be written to.
    private var waiting = CircularBuffer<(frame: WebSocketFrame, promise: EventLoopPromise<Void>)>()
    /// How many frames have been written to the channel but not to the socket.
    private var unsent = 0
    private var lastSent = NIODeadline.now()
    private var check: Scheduled<Void>?
    /// The latest ping that has not been answered.
    private var ping: ByteBuffer?
    private var isPongUnsent = false
    private var isClosed = false

    init(context: ChannelHandlerContext, stallTime: Duration, onStall: @escaping () -> Void) {
        self.context = context
        self.stallTime = stallTime
        self.onStall = onStall
    }

    /// Writes a frame when the channel can be written to; the future fails if the WebSocket ends before.
    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void>? {
        guard let context, !isClosed else { return nil }
        if waiting.isEmpty, context.channel.isWritable {
            write(frame)
            return context.eventLoop.makeSucceededVoidFuture()
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        waiting.append((frame, promise))
        return promise.futureResult
    }

    /// Writes the frames that waited; called when the channel can be written to again.
    func writeWaiting() {
        while context?.channel.isWritable == true, let next = waiting.popFirst() {
            write(next.frame)
            next.promise.succeed()
        }
    }

    /// Notes a ping; only the latest one is answered (RFC 6455, section 5.5.3).
    func receive(ping content: ByteBuffer) { ping = content }

    /// Answers the latest ping, unless the pong to an earlier one has not been sent.
    func answerPing() {
        guard !isClosed, !isPongUnsent, let content = exchange(&ping, with: nil) else { return }
        isPongUnsent = true
        write(WebSocketFrame(fin: true, opcode: .pong, data: content)) {
            self.isPongUnsent = false
            self.answerPing()
        }
    }

    /// Writes a ping, unless earlier frames have not been sent: whether the client reads is checked in any case.
    ///
    /// - Returns: Whether it was written.
    func writePing() -> Bool {
        guard !isClosed, unsent == 0 else { return false }
        write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
        return true
    }

    /// Writes the close frame, the last of all; frames that wait are not sent.
    ///
    /// - Parameter content: Its content, which may be empty.
    func close(_ content: ByteBuffer) {
        guard !isClosed else { return }
        write(WebSocketFrame(fin: true, opcode: .connectionClose, data: content))
        end()
    }

    /// Sends nothing any more.
    func end() {
        isClosed = true
        while let next = waiting.popFirst() { next.promise.fail(WebSocketEnded()) }
    }

    /// Ends it because its handler leaves the channel.
    func remove() {
        end()
        check?.cancel()
        context = nil
    }

    private func write(_ frame: WebSocketFrame, then: (() -> Void)? = nil) {
        guard let context else { return }
        if unsent == 0 { lastSent = .now() }
        unsent += 1
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.unsent -= 1
            self.lastSent = .now()
            then?()
        }
        context.writeAndFlush(NIOAny(frame), promise: sent)
        if unsent > 0, check == nil { checkLater() }
    }

    private func checkLater() {
        check = context?.eventLoop.assumeIsolated()
            .scheduleTask(deadline: lastSent + TimeAmount(stallTime)) { self.checkForStall() }
    }

    private func checkForStall() {
        check = nil
        guard unsent > 0 else { return }
        if lastSent + TimeAmount(stallTime) <= .now() { onStall() } else { checkLater() }
    }
}
