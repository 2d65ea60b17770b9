import Concurrency
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Cancels the work of a connection's request when the client disconnects; a connection has one request at a time.
///
/// Connections report their end themselves. Polling would need a timer for each request; waiting for the end of the
/// connection, a callback for each request that lives as long as the connection.
final class DisconnectRegistry: Sendable {
    private let executor: EventLoopExecutor
    private let ends = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])

    init(on executor: EventLoopExecutor) { self.executor = executor }

    /// Runs work for the client of a connection, and cancels it when the client disconnects.
    func whileConnected<R: Sendable>(
        _ channel: any Channel, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let task = Task(executorPreference: executor, operation: work)
        ends.withLock { $0[ObjectIdentifier(channel)] = task.cancel }
        defer { _ = ends.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) } }
        // The client may have disconnected before the work was registered.
        if !channel.isActive { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    fileprivate func ended(_ channel: any Channel) {
        ends.withLock { $0[ObjectIdentifier(channel)] }?()
    }
}

/// Closes a connection when the client closes its side, and reports its end, so that the work for it can stop.
///
/// Hummingbird lets a client close its sending side and still read. With HTTP/1.1, such a client has gone (RFC 9112,
/// section 9.6).
final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let hangUps: DisconnectRegistry

    init(_ hangUps: DisconnectRegistry) { self.hangUps = hangUps }

    func channelInactive(context: ChannelHandlerContext) {
        hangUps.ended(context.channel)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }
}
