import EngineLink
import NIOCore
import Synchronization

/// The server's end of a job's connection to an engine: passes on the answer's frames, one read at a time.
///
/// If the connection ends, or the engine falls silent or violates the protocol, the answer ends with an
/// `EngineConnectionFailure`.
final class EngineExchange: ChannelInboundHandler {
    typealias InboundIn = Frame

    private let ahead: ReadAhead
    private let answer: EngineResponse.Frames.Continuation
    private let mostBytes: Int
    private let patience: TimeAmount
    private var received = 0
    private var hasEnded = false

    /// The frames together may have `mostBytes`; the engine may send nothing for `patience` while the server reads.
    init(_ ahead: ReadAhead, answer: EngineResponse.Frames.Continuation, mostBytes: Int, patience: TimeAmount) {
        self.ahead = ahead
        self.answer = answer
        self.mostBytes = mostBytes
        self.patience = patience
    }

    func channelActive(context: ChannelHandlerContext) {
        ahead.beginReading()
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
    private func fail(_ context: ChannelHandlerContext, _ failure: EngineConnectionFailure) {
        guard !hasEnded else { return }
        hasEnded = true
        answer.finish(throwing: failure)
        context.close(promise: nil)
    }
}

/// Counts the frames of an answer that have arrived but not been taken: more is read only when none is left.
final class ReadAhead: Sendable {
    private let state = Mutex((untaken: 0, readingSince: NIODeadline?.none))

    /// Whether all frames that arrived have been taken.
    var isEmpty: Bool { state.withLock { $0.untaken == 0 } }

    /// Since when the server waits for a frame; `nil` while there are frames to take first.
    var readingSince: NIODeadline? { state.withLock { $0.readingSince } }

    /// Starts the wait for the first frame.
    func beginReading() { state.withLock { $0.readingSince = .now() } }

    func arrived() {
        state.withLock { state in
            state.untaken += 1
            state.readingSince = nil
        }
    }

    /// Counts a frame that has been taken; returns whether to read more.
    func taken() -> Bool {
        state.withLock { state in
            state.untaken -= 1
            guard state.untaken == 0 else { return false }
            state.readingSince = .now()
            return true
        }
    }
}

/// One job's connection, closed with the value.
final class EngineLine: Sendable {
    private let channel: any Channel
    private let ahead: ReadAhead

    init(_ channel: any Channel, ahead: ReadAhead) {
        self.channel = channel
        self.ahead = ahead
    }

    deinit { hangUp() }

    /// Sends a frame after the request and all frames before it.
    func send(_ frame: Frame) {
        var bytes = ByteBuffer()
        frame.write(into: &bytes)
        // On the event loop, a write would overtake those that other threads have handed to it.
        channel.eventLoop.execute { [channel, bytes] in channel.writeAndFlush(bytes, promise: nil) }
    }

    /// Closes the connection, which cancels the job.
    func hangUp() { channel.close(promise: nil) }

    /// Counts a frame that has been taken; after the last one, more is read.
    func taken() {
        if ahead.taken() { channel.read() }
    }
}
