import Dispatch
import Essentials

/// Hears the Enter key, without what is typed showing up in the middle of the meter.
final class TerminalKeys {
    private let saved: termios
    private let source: any DispatchSourceRead

    /// Begins to hear; `nil` if standard input is no terminal, or one that another program uses: a job in the background
    /// that touched it would be stopped (tcsetattr(3), SIGTTOU).
    ///
    /// - Parameter onEnter: Called on some thread for each Enter.
    init?(onEnter: @escaping @Sendable () -> Void) {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &settings) == 0
        else { return nil }
        saved = settings
        // Key by key and without echo; Ctrl-C goes on making a signal.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
        source.setEventHandler {
            var keys = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &keys, keys.count)
            if keys.prefix(max(0, count)).contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
                onEnter()
            }
        }
        source.resume()
    }

    deinit {
        source.cancel()
        var settings = saved
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }
}
