import Essentials
import Synchronization

/// Handles SIGINT and SIGTERM: the first asks the server to finish, the second ends the process at once.
final class StopSignals: Sendable {
    private let received: Counter
    private let listener: SignalListener

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    /// Starts listening for the signals.
    ///
    /// - Parameters:
    ///   - first: Called once, for the first signal.
    ///   - second: Called before the process ends on the second.
    init(first: @escaping @Sendable () async -> Void, second: @escaping @Sendable () -> Void) {
        let received = Counter()
        self.received = received
        listener = SignalListener(SIGINT, SIGTERM) { number in
            if received.value.add(1, ordering: .relaxed).newValue == 1 {
                Task { await first() }
            } else {
                second()
                _exit(128 + number)
            }
        }
    }

    /// The number of signals received.
    var count: Int { received.value.load(ordering: .relaxed) }

    /// Stops listening.
    func stop() {
        listener.stop()
    }
}
