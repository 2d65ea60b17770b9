import Dispatch
import Essentials

/// Detects the Enter key and turns off the echo, which would disturb the meter.
final class TerminalKeys {
    private let saved: termios
    private let source: any DispatchSourceRead

    /// Starts reading keys; `nil` if standard input is not a terminal, or if the process is in the background: it would
    /// be stopped for changing the terminal (tcsetattr(3), SIGTTOU).
    init?(onEnter: @escaping @Sendable () -> Void) {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &settings) == 0
        else { return nil }
        saved = settings
        // Non-canonical mode without echo; Ctrl-C still sends a signal.
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
