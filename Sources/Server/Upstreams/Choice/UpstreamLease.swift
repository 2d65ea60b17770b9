import ModelStore
import Synchronization

/// A server's work on one request; ended by `end`, or when it is released.
final class UpstreamLease: Sendable {
    let server: UpstreamServer
    private let hasEnded = Atomic(false)
    private let onEnd: @Sendable (UpstreamOutcome) -> Void

    init(_ server: UpstreamServer, onEnd: @escaping @Sendable (UpstreamOutcome) -> Void) {
        self.server = server
        self.onEnd = onEnd
    }

    deinit { end(.cancelled) }

    /// Ends it, unless it has ended.
    func end(_ outcome: UpstreamOutcome) {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        onEnd(outcome)
    }
}
