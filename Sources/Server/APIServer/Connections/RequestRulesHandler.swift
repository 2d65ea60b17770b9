import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Normalizes requests by `RequestRules`, refuses invalid ones, and answers each client in its HTTP version.
final class RequestRulesHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let policy: CrossOriginPolicy
    private let decoder: RequestDecoder
    private let shutdown: Shutdown
    /// Called for each request that is refused here; the others are reported behind the router.
    private let onRefusal: @Sendable (RequestOutcome) -> Void
    /// The requests whose responses have not been completed.
    private var unanswered = CircularBuffer<(version: HTTPVersion, keepsAlive: Bool)>()
    /// The request being received, as it was sent.
    private var incoming: HTTPRequestHead?
    /// A refusal that waits until earlier requests are answered; nothing after it is read.
    private var refusal: (error: APIError, request: HTTPRequestHead?)?
    /// Whether the current or latest request is the last one: its client says so, or it is malformed.
    private var hasLast = false
    private var isOver = false

    init(
        policy: CrossOriginPolicy, decoder: RequestDecoder, shutdown: Shutdown,
        onRefusal: @escaping @Sendable (RequestOutcome) -> Void
    ) {
        self.policy = policy
        self.decoder = decoder
        self.shutdown = shutdown
        self.onRefusal = onRefusal
    }

    /// Checks that the connection can leave HTTP: one request is unanswered, which offers an upgrade, and nothing has
    /// arrived behind it. Bytes behind it were sent as HTTP, and must not be read as another protocol; which protocol a
    /// proxy takes them for is unknown, so the connection then ends with the response.
    func checkSwitch() throws(APIError) {
        guard unanswered.first?.version == .http1_1 else {
            throw .invalidUpgrade("A WebSocket needs a request of HTTP/1.1 (RFC 6455, 4.1).")
        }
        guard unanswered.count == 1, incoming == nil, refusal == nil, !decoder.hasReadBehindOffer else {
            if !unanswered.isEmpty { unanswered[unanswered.startIndex].keepsAlive = false }
            throw .invalidUpgrade(
                "Bytes arrived behind the request for a WebSocket, before its response. Wait for the response.")
        }
    }

    func read(context: ChannelHandlerContext) {
        if refusal == nil || isOver { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head where hasLast: break
        case .head(let head):
            do throws(APIError) {
                let request = try RequestRules.normalized(head)
                incoming = head
                unanswered.append((head.version, request.isKeepAlive))
                hasLast = !request.isKeepAlive
                decoder.bodyBegan()
                context.fireChannelRead(wrapInboundOut(.head(request)))
            } catch {
                refuse(error, head, context)
            }
        case .body(let bytes):
            decoder.bodyGrew(by: bytes.readableBytes)
            if incoming != nil { context.fireChannelRead(data) }
        case .end where incoming == nil: break  // of a request behind the last one
        case .end:
            decoder.bodyEnded()
            let offersUpgrade = incoming.map(RequestRules.offersUpgrade) ?? false
            incoming = nil
            context.fireChannelRead(data)
            if offersUpgrade { decoder.replace() }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case ByteToMessageDecoderError.leftoverDataWhenDone(let bytes): decoder.restore(bytes)
        // The reader of the body gets the error; once the response has been sent, no reader is left.
        case is HTTPParserError where incoming != nil:
            hasLast = true
            if unanswered.isEmpty { end(context) } else { context.fireErrorCaught(error) }
        case let error as HTTPParserError: if !hasLast { refuse(APIError(error), nil, context) }
        default: context.fireErrorCaught(error)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code >= 200:
            context.write(wrapOutboundOut(.head(framed(head))), promise: promise)
        case .end:
            context.write(data, promise: promise)
            let exchange = unanswered.popFirst()
            if exchange?.keepsAlive == false {
                end(context)
            } else if unanswered.isEmpty, let refusal {
                send(refusal.error, refusal.request, context)
            } else if unanswered.isEmpty && hasLast {
                end(context)
            }
        // HTTP/1.0 has no informational (1xx) responses.
        case .head where unanswered.first?.version == .http1_0: promise?.succeed()
        case .head, .body: context.write(data, promise: promise)
        }
    }

    /// Adapts a response to the client's version. HTTP/1.0 has no chunks, so a response without a length ends with the
    /// connection; and its connections close unless the response says `keep-alive`. While the server is about to end,
    /// every response is the last of its connection, so that the client's next one goes to another server; unless the
    /// client has sent a further request, which would be lost.
    private func framed(_ answer: HTTPResponseHead) -> HTTPResponseHead {
        guard var exchange = unanswered.first else { return answer }
        var answer = answer
        answer.version = exchange.version
        let isOld = exchange.version == .http1_0
        let isLast = shutdown.hasBegun && unanswered.count == 1
        if isLast || answer.headers["connection"] == ["close"]
            || isOld && !answer.headers.contains(name: "content-length")
        {
            exchange.keepsAlive = false
            unanswered[unanswered.startIndex] = exchange
        }
        if isOld || !exchange.keepsAlive {
            answer.headers.replaceOrAdd(name: "Connection", value: exchange.keepsAlive ? "keep-alive" : "close")
        }
        return answer
    }

    private func refuse(_ error: APIError, _ request: HTTPRequestHead?, _ context: ChannelHandlerContext) {
        guard refusal == nil else { return }
        refusal = (error, request)
        if unanswered.isEmpty { send(error, request, context) }
    }

    private func send(_ error: APIError, _ request: HTTPRequestHead?, _ context: ChannelHandlerContext) {
        let answer = FinalErrorResponse(error: error, policy: policy)
        let request = request.flatMap { try? HTTPRequest($0, secure: false, splitCookie: false) }
        var head = answer.head(answering: request)
        SecurityHeaders.complete(&head.headerFields)
        context.write(wrapOutboundOut(.head(HTTPResponseHead(head))), promise: nil)
        if request?.method != .head {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        end(context)
        onRefusal(
            RequestOutcome(
                method: request?.method ?? Self.unknownMethod, path: request?.path ?? "", route: nil, sent: head.status,
                wall: .zero, findings: RequestFindings(errorCode: error.code)))
    }

    /// The method logged for a request that could not be parsed.
    private static let unknownMethod = HTTPRequest.Method("-") ?? .get

    /// Closes the connection after the pending writes.
    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        LingeringClose.begin(on: context.channel)
    }
}
