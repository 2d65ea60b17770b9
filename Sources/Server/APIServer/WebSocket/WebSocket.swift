import HTTPTypes
import Hummingbird
import NIOCore
import NIOWebSocket

/// A connection that has become a WebSocket (RFC 6455).
///
/// A route handler accepts it, runs the whole session, closes it, and returns its `response`, which is never sent.
struct WebSocket: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>
    private let inbox: MessageInbox

    /// Checks the request and makes its connection a WebSocket.
    ///
    /// - Parameters:
    ///   - request: The request; on its connection, all earlier ones must have been answered.
    ///   - context: Its context.
    ///   - subprotocols: Those that the endpoint speaks; the client's first choice among them is agreed on.
    ///   - headers: For the response, in addition to those of the protocol.
    ///   - limits: Sizes and times.
    ///   - budget: The memory for messages, shared by all WebSockets of the server.
    ///   - onEnd: Called when it ends, before a close frame of the client is answered.
    /// - Returns: The open WebSocket.
    /// - Throws: `APIError` if the request is refused; it is then answered like any other.
    static func accept(
        _ request: Request, context: APIContext, subprotocols: [String] = [], headers: HTTPFields = [:],
        limits: WebSocketLimits = WebSocketLimits(), budget: MessageBudget,
        onEnd: @escaping @Sendable () -> Void = {}
    ) async throws -> WebSocket {
        let upgrade = try WebSocketUpgrade(request, subprotocols: subprotocols)
        let channel = context.channel
        return try await channel.eventLoop.submit {
            guard channel.isActive else { throw CancellationError() }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.handler(type: RequestRulesHandler.self).checkSwitch()
            let share = budget.share(for: channel)
            let inbox = MessageInbox(limit: limits.waiting, share: share, channel: channel, onEnd: onEnd)
            let handler = WebSocketHandler(limits: limits, inbox: inbox, share: share)
            try pipeline.addHandler(handler, position: .after(pipeline.handler(type: LingeringClose.self)))
            try handler.begin(upgrade.head(headers))
            return WebSocket(
                channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop), inbox: inbox)
        }.get()
    }

    /// The client's messages. If some wait to be taken, the client is slowed down.
    var messages: Messages { Messages(inbox: inbox) }

    /// Why it has ended; `nil` while it is open.
    var ending: WebSocketEnding? { inbox.ending }

    /// Sends a text message when the client has read enough of the earlier ones.
    ///
    /// - Throws: `WebSocketEnded`.
    func send(text: ByteBuffer) async throws {
        let frame = WebSocketFrame(fin: true, opcode: .text, data: text)
        try await channel.eventLoop.flatSubmit { [handler, channel] in
            handler.value.send(frame) ?? channel.eventLoop.makeFailedFuture(WebSocketEnded())
        }.get()
    }

    /// Sends a text message when the client has read enough of the earlier ones.
    ///
    /// - Throws: `WebSocketEnded`.
    func send(text: String) async throws { try await send(text: ByteBuffer(string: text)) }

    /// Closes it, unless it has ended, and waits until the connection is closed.
    ///
    /// - Parameters:
    ///   - code: The code for the client.
    ///   - reason: The reason for the client, up to 123 bytes.
    func close(_ code: WebSocketErrorCode = .normalClosure, reason: String = "") async {
        channel.eventLoop.execute { [handler] in handler.value.close(code, reason) }
        try? await channel.closeFuture.get()
    }

    /// What the route handler returns, for the log; the connection cannot send it.
    var response: Response { Response(status: .switchingProtocols) }
}
