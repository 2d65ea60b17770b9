import BlockingWork
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

    /// Hands on each descriptor from now on, and those that have come before.
    ///
    /// - Parameter take: Owns the descriptor. It is called on the door's thread or the caller's, and must not wait.
    func open(_ take: @escaping @Sendable (CInt) -> Void) {
        let early = state.withLock { state -> [CInt] in
            defer { state = .open(take) }
            guard case .closed(let early) = state else { return [] }
            return early
        }
        for descriptor in early { take(descriptor) }
    }

    private func comeIn(_ descriptor: CInt) {
        let take = state.withLock { state -> (@Sendable (CInt) -> Void)? in
            switch state {
            case .open(let take): return take
            case .closed(let early):
                state = .closed(early: early + [descriptor])
                return nil
            }
        }
        take?(descriptor)
    }
}
