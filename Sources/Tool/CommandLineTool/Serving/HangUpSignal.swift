import Essentials

/// Handles SIGHUP, which by convention asks a server to reload its configuration, but which a terminal also sends to
/// its programs when it is closed.
struct HangUpSignal {
    private let listener: SignalListener

    /// Starts listening for the signal.
    ///
    /// - Parameter reload: Called if the signal asks for a reload. If the server's terminal is gone, the server is
    ///   stopped instead, as by SIGTERM.
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
