import Essentials
import HTTPTypes
import Logging
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Counts a connection as long as it is open. A connection over the limit gets an error and is closed.
///
/// The error is sent only after a request, because clients ignore a response to a request they have not sent.
final class ConnectionLimitHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let count: ConnectionCount
    private let metrics: ServerMetrics
    private let policy: CrossOriginPolicy
    private let logger: Logger
    private var admission = ConnectionCount.Admission.admitted
    private var isAnswered = false

    /// How long a refused connection may take to send its request.
    private static let patience = TimeAmount.seconds(5)

    init(count: ConnectionCount, metrics: ServerMetrics, policy: CrossOriginPolicy, logger: Logger) {
        self.count = count
        self.metrics = metrics
        self.policy = policy
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        metrics.registry.add(to: .connections)
        admission = count.open()
        if admission == .refused(isFirst: true) {
            logger.warning(
                "There are too many connections; more are refused. --max-connections allows them.",
                metadata: ["connections": "\(count.maximum)"])
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        metrics.registry.add(-1, to: .connections)
        count.close(admission)
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
        guard admission != .admitted else { return context.fireChannelRead(data) }
        if case .head(let request) = unwrapInboundIn(data), !isAnswered { answer(request, context) }
    }

    private func answer(_ request: HTTPRequest?, _ context: ChannelHandlerContext) {
        isAnswered = true
        let error = APIError.unavailable(
            "too_many_connections",
            "The server has \(HumanFormat.count(count.maximum, "connection")), its limit (--max-connections). Try again"
                + " soon, and use connections for more than one request.",
            retryAfter: .seconds(1))
        FinalErrorResponse(error: error, policy: policy).send(answering: request, context: context)
        if admission == .turnedAway { context.close(promise: nil) }
    }
}

/// The number of a server's connections, and what happens to a new one.
final class ConnectionCount: Sendable {
    enum Admission: Equatable {
        /// Its requests are served.
        case admitted
        /// Its first request is answered with an error; `isFirst` if there was room just before.
        case refused(isFirst: Bool)
        /// The error is sent at once: too many refused connections are waiting already.
        case turnedAway
    }

    let maximum: Int
    /// How many connections may wait for their refusal.
    private let waiting: Int
    private let state = Mutex((admitted: 0, refused: 0, isFull: false))

    init(maximum: Int, waiting: Int = 64) {
        self.maximum = maximum
        self.waiting = waiting
    }

    func open() -> Admission {
        state.withLock { state in
            if state.admitted < maximum {
                state.admitted += 1
                state.isFull = false
                return .admitted
            }
            guard state.refused < waiting else { return .turnedAway }
            state.refused += 1
            defer { state.isFull = true }
            return .refused(isFirst: !state.isFull)
        }
    }

    func close(_ admission: Admission) {
        state.withLock { state in
            switch admission {
            case .admitted: state.admitted -= 1
            case .refused: state.refused -= 1
            case .turnedAway: break
            }
        }
    }
}
