import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The end of a connection that has become a WebSocket.
///
/// It is placed directly behind `LingeringClose`, before all handlers of HTTP. They get no more bytes and none of theirs
/// are sent. For them, the request for the WebSocket is being answered until the connection ends, so they go on counting
/// the connection and noticing its end.
final class WebSocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = IOData
    typealias OutboundOut = WebSocketFrame

    private enum Phase {
        case open
        /// The server's close frame has been sent, and the client's is awaited.
        case closing
        /// Both have been sent, or the client is not to be read any more.
        case closed
    }

    private let limits: WebSocketLimits
    private let inbox: MessageInbox
    private let share: MessageBudget.Share
    private let decoder: MeteredFrameDecoder
    private var assembler: MessageAssembler
    /// What the share was last told of bytes that are no complete message.
    private var incomplete = 0
    private var phase = Phase.open
    private var context: ChannelHandlerContext?
    private var outbox: WebSocketOutbox?
    private var heartbeat: WebSocketHeartbeat?
    private var deadline: Scheduled<Void>?

    init(limits: WebSocketLimits, inbox: MessageInbox, share: MessageBudget.Share) {
        self.limits = limits
        self.inbox = inbox
        self.share = share
        decoder = MeteredFrameDecoder(maximumSize: limits.messageSize)
        assembler = MessageAssembler(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outbox = WebSocketOutbox(context: context, stallTime: limits.stallTime) { self.drop(.unread) }
        heartbeat = WebSocketHeartbeat(
            on: context.eventLoop, limits: limits, ping: { self.outbox?.writePing() ?? false },
            onTimeout: { self.fail(.timedOut, .goingAway, "No answer to a ping.") })
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.gone)
        outbox?.remove()
        deadline?.cancel()
        (outbox, heartbeat, self.context) = (nil, nil, nil)
    }

    /// Sends the response that ends HTTP on this connection, and begins to read frames.
    ///
    /// - Parameter head: The response.
    /// - Throws: NIO's error if the channel has been closed.
    func begin(_ head: ByteBuffer) throws {
        guard let context else { return }
        context.writeAndFlush(NIOAny(head), promise: nil)
        try context.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(decoder), WebSocketFrameEncoder(), position: .before(self))
        context.read()
    }

    // MARK: What the client sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch phase {
        case .open: receive(frame)
        case .closing: if frame.opcode == .connectionClose { hangUp() }
        case .closed: break
        }
    }

    private func receive(_ frame: WebSocketFrame) {
        do throws(WebSocketViolation) {
            switch try assembler.receive(frame) {
            case .fragment, .pong: break
            case .message(let message): inbox.add(message)
            case .ping(let content): outbox?.receive(ping: content)
            case .close(let payload):
                let answer = payload.code.map { ClosePayload.bytes($0, "") } ?? ByteBuffer()
                end(.byClient(payload.code), saying: answer, keepingMessages: true)
                hangUp()
            }
        } catch {
            fail(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard phase != .closed else { return }
        heartbeat?.excuse()
        outbox?.answerPing()
        account()
        readOn()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            fail(.tooLarge("A message is larger than \(limits.messageSize) bytes."))
        case is NIOWebSocketError: fail(.malformed("A control frame is fragmented or longer than 125 bytes."))
        case ByteToMessageDecoderError.dataReceivedInErrorState: break
        default: drop(.gone)
        }
    }

    /// Tells the budget how many bytes are in parts of messages.
    private func account() {
        let now = phase == .open ? decoder.waiting + assembler.bytes : 0
        share.change(by: now - exchange(&incomplete, with: now))
    }

    // MARK: Reading

    /// Reads are made here: the handlers of HTTP know nothing of the messages that wait.
    func read(context: ChannelHandlerContext) {}

    private func readOn() {
        let mayRead = phase == .closing || phase == .open && inbox.hasRoom() && share.allowsReading()
        if heartbeat?.isReading == !mayRead { heartbeat?.isReading = mayRead }
        if mayRead { context?.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case WebSocketEvent.readOn: readOn()
        case WebSocketEvent.giveWay:
            fail(.outOfMemory, .tryAgainLater, "The server has no memory left for large messages. Try again soon.")
        case ChannelEvent.inputClosed:
            // A client that closes its side has gone, as in HTTP.
            context.fireUserInboundEventTriggered(event)
            drop(.gone)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.gone)
        phase = .closed
        context.fireChannelInactive()
    }

    // MARK: What the client is sent

    /// Sends a frame when the client has read enough of the earlier ones; `nil` if the WebSocket has ended.
    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void>? { outbox?.send(frame) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        outbox?.writeWaiting()
        // The limits for reading a response are not those for a WebSocket.
        if context.channel.isWritable { context.fireChannelWritabilityChanged() }
    }

    /// Drops what HTTP writes: the response of a handler that has not closed the WebSocket.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.outputClosed)
        close(.unexpectedServerError, "")
    }

    // MARK: The end

    /// Starts the closing handshake, unless the WebSocket has ended.
    func close(_ code: WebSocketErrorCode, _ reason: String) {
        guard phase == .open else { return }
        end(.byServer(code), saying: ClosePayload.bytes(code, reason))
        phase = .closing
        account()
        schedule { self.hangUp() }
        readOn()
    }

    private func fail(_ violation: WebSocketViolation) {
        fail(.violation(violation.code), violation.code, violation.reason)
    }

    /// Sends a close frame and does not wait for the client's.
    private func fail(_ ending: WebSocketEnding, _ code: WebSocketErrorCode, _ reason: String) {
        guard phase != .closed else { return }
        end(ending, saying: ClosePayload.bytes(code, reason))
        hangUp()
    }

    /// Closes the connection after what has been written.
    private func hangUp() {
        guard phase != .closed, let context else { return }
        phase = .closed
        account()
        LingeringClose.begin(on: context.channel)
        schedule { self.drop(.gone) }
    }

    /// Closes the connection at once.
    private func drop(_ ending: WebSocketEnding) {
        end(ending)
        phase = .closed
        account()
        context?.close(promise: nil)
    }

    /// Ends the messages, and then sends a close frame if its content is given; only the first reason counts.
    private func end(_ ending: WebSocketEnding, saying content: ByteBuffer? = nil, keepingMessages: Bool = false) {
        inbox.end(ending, keepingMessages: keepingMessages)
        heartbeat?.end()
        if let content { outbox?.close(content) } else { outbox?.end() }
    }

    private func schedule(_ action: @escaping () -> Void) {
        deadline?.cancel()
        deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.closeTime), action)
    }
}

/// NIO's decoder, which gives out a frame when it is complete. This one also says what it holds until then.
final class MeteredFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = WebSocketFrame

    private let decoder: WebSocketFrameDecoder
    /// The bytes of the frame that is not complete.
    private(set) var waiting = 0

    init(maximumSize: Int) {
        decoder = WebSocketFrameDecoder(maxFrameSize: maximumSize)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        defer { waiting = buffer.readableBytes }
        return try decoder.decode(context: context, buffer: &buffer)
    }
}
