import HTTPTypes
import Logging
import NIOCore
import NIOHTTPTypes

/// Counts a connection as long as it is open. A connection over the limit gets an error and is closed.
///
/// The error is sent only after a request, because clients ignore a response to a request they have not sent.
final class ConnectionLimitHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let limit: ConnectionLimit
    private let policy: CrossOriginPolicy
    private let logger: Logger
    private var admission = ConnectionCount.Admission.admitted
    private var isAnswered = false

    /// How long a refused connection may take to send its request.
    private static let patience = TimeAmount.seconds(5)

    init(limit: ConnectionLimit, policy: CrossOriginPolicy, logger: Logger) {
        self.limit = limit
        self.policy = policy
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        admission = limit.open()
        if admission == .refused(isFirst: true) {
            logger.warning(
                "There are too many connections; more are refused. --max-connections allows them.",
                metadata: ["connections": "\(limit.maximum)"])
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        limit.close(admission)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        switch admission {
        case .admitted: break
        case .refused:
            let channel = context.channel
            channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        case .turnedAway: answer(nil, context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard admission != .admitted else {
            context.fireChannelRead(data)
            return
        }
        if case .head(let request) = unwrapInboundIn(data), !isAnswered { answer(request, context) }
    }

    private func answer(_ request: HTTPRequest?, _ context: ChannelHandlerContext) {
        isAnswered = true
        let answer = FinalErrorResponse(error: .tooManyConnections(limit: limit.maximum), policy: policy)
        answer.send(answering: request, context: context)
        if admission == .turnedAway { context.close(promise: nil) }
    }
}
