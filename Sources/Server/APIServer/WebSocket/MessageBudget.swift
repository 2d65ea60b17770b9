import Essentials
import NIOCore
import Synchronization

/// The memory for the messages of all WebSockets of a server that are being assembled, wait to be taken, or are being
/// processed.
///
/// If it is used up, WebSockets with more than a small share of it are not read. If that lasts, the one with the most
/// is closed. Those with little are always read, so that a few clients with large messages cannot stop all others.
final class MessageBudget: Sendable {
    private struct Member {
        let channel: any Channel
        var bytes = 0
        /// Whether it is told when it may be read again.
        var isStopped = false
    }

    private struct State {
        var members: [UniqueID: Member] = [:]
        var total = 0
        /// Closes the largest; there is one as long as the memory is used up.
        var eviction: Scheduled<Void>?
    }

    private let limit: Int
    private let smallShare: Int
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: The bytes for all.
    ///   - smallShare: The bytes that each may have in any case.
    ///   - patience: How long they may be used up.
    init(limit: Int = 128 << 20, smallShare: Int = 256 << 10, patience: Duration = .seconds(30)) {
        self.limit = limit
        self.smallShare = smallShare
        self.patience = patience
    }

    /// The bytes in use.
    var used: Int { state.withLock { $0.total } }

    /// A WebSocket's share of a budget; it is returned when the last reference is released.
    final class Share: Sendable {
        private let budget: MessageBudget
        private let id = UniqueID()

        fileprivate init(of budget: MessageBudget, for channel: any Channel) {
            self.budget = budget
            budget.state.withLock { $0.members[id] = Member(channel: channel) }
        }

        deinit {
            budget.change(id, by: .min)
        }

        /// Takes or returns bytes.
        func change(by difference: Int) { budget.change(id, by: difference) }

        /// Whether the WebSocket may be read. If not, its channel gets `WebSocketEvent.readOn` when it may.
        func allowsReading() -> Bool { budget.allowsReading(id) }
    }

    /// Makes the share of a WebSocket.
    func share(for channel: any Channel) -> Share { Share(of: self, for: channel) }

    private func allowsReading(_ id: UniqueID) -> Bool {
        state.withLock { state in
            guard state.total >= limit, let bytes = state.members[id]?.bytes, bytes > smallShare else { return true }
            state.members[id]?.isStopped = true
            return false
        }
    }

    /// Changes a share; by `.min`, the member leaves.
    private func change(_ id: UniqueID, by difference: Int) {
        guard difference != 0 else { return }
        let released = state.withLock { state -> [any Channel] in
            guard let index = state.members.index(forKey: id) else { return [] }
            let channel = state.members.values[index].channel
            if difference == .min {
                state.total -= state.members.remove(at: index).value.bytes
            } else {
                state.members.values[index].bytes += difference
                state.total += difference
            }
            if state.total >= limit {
                if state.eviction == nil { state.eviction = eviction(on: channel.eventLoop) }
                return []
            }
            exchange(&state.eviction, with: nil)?.cancel()
            return state.members.keys.compactMap { id in
                guard state.members[id]?.isStopped == true else { return nil }
                state.members[id]?.isStopped = false
                return state.members[id]?.channel
            }
        }
        for channel in released { channel.pipeline.fireUserInboundEventTriggered(WebSocketEvent.readOn) }
    }

    private func eviction(on eventLoop: any EventLoop) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: TimeAmount(patience)) { [weak self] in self?.evict(on: eventLoop) }
    }

    /// Closes the member with the most, and looks again later whether that was enough.
    private func evict(on eventLoop: any EventLoop) {
        let largest = state.withLock { state -> (any Channel)? in
            guard state.eviction != nil else { return nil }
            state.eviction = eviction(on: eventLoop)
            return state.members.values.max { $0.bytes < $1.bytes }?.channel
        }
        largest?.pipeline.fireUserInboundEventTriggered(WebSocketEvent.giveWay)
    }
}

/// What a WebSocket's handler is told by others.
enum WebSocketEvent: Sendable {
    /// Reading may be possible again.
    case readOn
    /// Its messages take the most memory, and there is too little.
    case giveWay
}
