import Concurrency
import EngineLink
import Essentials
import Synchronization

/// Receives the descriptors that the parent passes. When the parent closes the socket or ends, this ends the engine.
final class Door: Sendable {
    private enum State {
        case closed(early: [CInt])
        case open(@Sendable (CInt) -> Void)
    }

    private let state = Mutex(State.closed(early: []))

    /// Starts to receive, on a thread of its own.
    init(_ socket: LinkSocket) {
        let began = SystemThread.start { [self] in
            while let descriptor = socket.takeDescriptor() { comeIn(descriptor) }
            _exit(EXIT_SUCCESS)
        }
        if !began { exit(EXIT_FAILURE) }
    }

    /// Delivers each descriptor in the order of passing, including those received before.
    ///
    /// - Parameter take: Takes ownership of the descriptor. It is called on the door's thread or the caller's, and must
    ///   not block.
    func open(_ take: @escaping @Sendable (CInt) -> Void) {
        state.withLock { state in
            if case .closed(let early) = state { for descriptor in early { take(descriptor) } }
            state = .open(take)
        }
    }

    private func comeIn(_ descriptor: CInt) {
        state.withLock { state in
            switch state {
            case .open(let take): take(descriptor)
            case .closed(let early): state = .closed(early: early + [descriptor])
            }
        }
    }
}
