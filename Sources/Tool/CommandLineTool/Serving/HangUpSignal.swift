import Essentials

/// SIGHUP: by an old custom of servers, a wish that they read their configuration again; but also what a terminal sends
/// to its programs when it is closed.
struct HangUpSignal {
    private let listener: SignalListener

    /// Begins to listen.
    ///
    /// - Parameter reload: Called when the signal is a wish. A server whose terminal is gone is stopped instead, as
    ///   SIGTERM stops it.
    init(_ reload: @escaping @Sendable () -> Void) {
        let hadTerminal = Self.hasTerminal
        listener = SignalListener(SIGHUP) { _ in
            if hadTerminal, !Self.hasTerminal { kill(getpid(), SIGTERM) } else { reload() }
        }
    }

    /// Stops listening.
    func stop() {
        listener.stop()
    }

    /// Whether the process has a controlling terminal (tty(4): `/dev/tty` cannot be opened without one).
    private static var hasTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
