import EngineLink
import NIOCore

/// The server's end of a job's connection to an engine: passes on the answer's frames, one read at a time.
///
/// If the connection ends, or the engine falls silent or violates the protocol, the answer ends with an
/// `EngineConnection.Failure`.
final class EngineExchange: ChannelInboundHandler {
    typealias InboundIn = Frame

    private let ahead: ReadAhead
    private let answer: EngineResponse.Frames.Continuation
    private let mostBytes: Int
    private let patience: TimeAmount
    private var received = 0
    private var hasEnded = false

    /// Makes a connection's handler.
    ///
    /// - Parameters:
    ///   - ahead: Counts the frames that have not been taken yet.
    ///   - answer: Receives the frames.
    ///   - mostBytes: The most bytes of all frames together.
    ///   - patience: How long the engine may send nothing while the server reads.
    init(_ ahead: ReadAhead, answer: EngineResponse.Frames.Continuation, mostBytes: Int, patience: TimeAmount) {
        self.ahead = ahead
        self.answer = answer
        self.mostBytes = mostBytes
        self.patience = patience
    }

    func channelActive(context: ChannelHandlerContext) {
        ahead.beginReading(at: context.eventLoop.now)
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        received += frame.content.readableBytes
        guard frame.kind == .message else { return fail(context, .garbled("a frame of \(frame.kind)")) }
        guard received <= mostBytes else {
            return fail(context, .garbled("an answer of more than \(mostBytes) bytes"))
        }
        ahead.arrived()
        answer.yield(frame.content)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if ahead.isEmpty { context.read() }
        context.fireChannelReadComplete()
    }

    /// SwiftNIO's `IdleStateHandler` reports silence, which means nothing while the server does not read.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        if let since = ahead.readingSince, context.eventLoop.now - since >= patience { fail(context, .silent) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, .closed("it closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(context, error is FrameError ? .garbled("\(error)") : .closed("\(error)"))
    }

    /// Closes the connection, and ends the answer with an error.
    private func fail(_ context: ChannelHandlerContext, _ failure: EngineConnection.Failure) {
        guard !hasEnded else { return }
        hasEnded = true
        answer.finish(throwing: failure)
        context.close(promise: nil)
    }
}
