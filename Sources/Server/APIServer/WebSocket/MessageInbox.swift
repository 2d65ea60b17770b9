import NIOCore
import Synchronization

/// The messages of a WebSocket that wait to be taken by a task. Their memory is limited by not reading more.
///
/// The message that was taken last counts as well, until the next one is asked for: the task works on it.
final class MessageInbox: Sendable {
    private typealias Taker = CheckedContinuation<WebSocketMessage?, Never>

    private struct State {
        var messages = CircularBuffer<WebSocketMessage>()
        /// The memory of the messages.
        var cost = 0
        /// The memory of the message that was taken last.
        var inHand = 0
        /// Whether the channel is told when there is room.
        var isFull = false
        var ending: WebSocketEnding?
        var taker: Taker?
    }

    private let limit: Int
    private let share: MessageBudget.Share
    private let channel: any Channel
    private let onEnd: @Sendable () -> Void
    private let state = Mutex(State())

    init(limit: Int, share: MessageBudget.Share, channel: any Channel, onEnd: @escaping @Sendable () -> Void) {
        self.limit = limit
        self.share = share
        self.channel = channel
        self.onEnd = onEnd
    }

    deinit {
        share.change(by: -state.withLock { $0.cost + $0.inHand })
    }

    /// Why there are no more messages; `nil` before that.
    var ending: WebSocketEnding? { state.withLock { $0.ending } }

    /// Adds a message, unless the messages have ended.
    func add(_ message: WebSocketMessage) {
        let (taker, cost) = state.withLock { state -> (Taker?, Int) in
            guard state.ending == nil else { return (nil, 0) }
            if let taker = exchange(&state.taker, with: nil) {
                state.inHand = message.cost
                return (taker, message.cost)
            }
            state.messages.append(message)
            state.cost += message.cost
            return (nil, message.cost)
        }
        share.change(by: cost)
        taker?.resume(returning: message)
    }

    /// Whether there is room for more messages. If not, the channel gets `WebSocketEvent.readOn` when there is.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.isFull = state.cost > limit
            return !state.isFull
        }
    }

    /// Ends the messages; later calls have no effect.
    ///
    /// - Parameters:
    ///   - ending: The reason.
    ///   - keepingMessages: Whether those that wait can still be taken.
    func end(_ ending: WebSocketEnding, keepingMessages: Bool) {
        let (isFirst, taker, cost) = state.withLock { state -> (Bool, Taker?, Int) in
            guard state.ending == nil else { return (false, nil, 0) }
            state.ending = ending
            let taker = exchange(&state.taker, with: nil)
            guard !keepingMessages else { return (true, taker, 0) }
            state.messages = CircularBuffer()
            return (true, taker, exchange(&state.cost, with: 0))
        }
        guard isFirst else { return }
        share.change(by: -cost)
        onEnd()
        taker?.resume(returning: nil)
    }

    /// Takes the next message, for one task at a time; `nil` if there are no more, or the task has been cancelled.
    func next() async -> WebSocketMessage? {
        share.change(by: -state.withLock { exchange(&$0.inHand, with: 0) })
        return await withTaskCancellationHandler {
            await withCheckedContinuation { taker in
                let isWaiting = state.withLock { state in
                    guard state.messages.isEmpty, state.ending == nil, !Task.isCancelled else { return false }
                    // If two tasks wait, the first one gets no message.
                    exchange(&state.taker, with: taker)?.resume(returning: nil)
                    return true
                }
                if !isWaiting { taker.resume(returning: take()) }
            }
        } onCancel: {
            state.withLock { exchange(&$0.taker, with: nil) }?.resume(returning: nil)
        }
    }

    private func take() -> WebSocketMessage? {
        let (message, hasRoomAgain) = state.withLock { state -> (WebSocketMessage?, Bool) in
            guard let message = state.messages.popFirst() else { return (nil, false) }
            state.cost -= message.cost
            state.inHand = message.cost
            guard state.isFull, state.cost <= limit / 2 else { return (message, false) }
            state.isFull = false
            return (message, true)
        }
        if hasRoomAgain { channel.pipeline.fireUserInboundEventTriggered(WebSocketEvent.readOn) }
        return message
    }
}

extension WebSocket {
    /// The client's messages in order, for one task; they end with the WebSocket, or if the task is cancelled.
    struct Messages: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let inbox: MessageInbox

        func makeAsyncIterator() -> Self { self }

        mutating func next() async -> WebSocketMessage? { await inbox.next() }
    }
}
