import Concurrency
import EngineLink
import Essentials
import Synchronization

/// Where descriptors come in that the parent passes. Its end is the parent's end, and so the engine's: never an orphan.
final class Door: Sendable {
    private enum State {
        case closed(early: [CInt])
        case open(@Sendable (CInt) -> Void)
    }

    private let state = Mutex(State.closed(early: []))

    /// Begins to wait, on a thread of its own.
    init(_ socket: LinkSocket) {
        let began = SystemThread.start { [self] in
            while let descriptor = socket.takeDescriptor() { comeIn(descriptor) }
            _exit(EXIT_SUCCESS)
        }
        if !began { exit(EXIT_FAILURE) }
    }

    /// Hands on each descriptor from now on, and those that have come before, in the order in which they were passed.
    ///
    /// - Parameter take: Owns the descriptor. It is called on the door's thread or the caller's, and must not wait.
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
