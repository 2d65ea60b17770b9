import Essentials
import ModelStore
import Synchronization

/// Shows downloads on standard error: a progress bar on a terminal, plain lines elsewhere.
final class FetchDisplay: Sendable {
    private struct State {
        var lines = ProgressLines()
        var hasBar = false
        var lastDraw: ContinuousClock.Instant?
    }

    private static let frame = Duration.milliseconds(100)

    private let state = Mutex(State())
    private let terminal: ErrorTerminal?

    /// Checks whether standard error is a terminal. `NO_COLOR` (no-color.org) and `TERM=dumb` select plain lines.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let terminal = ErrorTerminal(environment: environment)
        self.terminal = terminal?.hasColor == true ? terminal : nil
    }

    @Sendable func show(_ progress: DownloadProgress) {
        state.withLock { state in
            let now = ContinuousClock.now
            if let terminal, let line = ProgressBar(width: terminal.width - 1).line(for: progress) {
                if state.hasBar, let last = state.lastDraw, now - last < Self.frame, progress.percent != 100 { return }
                StandardError.write(ErrorTerminal.replacing(line))
                state.hasBar = true
                state.lastDraw = now
            } else if let line = state.lines.line(for: progress, at: now) {
                StandardError.write((state.hasBar ? ErrorTerminal.replacing("") : "") + line + "\n")
                state.hasBar = false
            }
        }
    }
}

struct ErrorTerminal {
    /// Whether to use colours: not if `NO_COLOR` is set (no-color.org).
    let hasColor: Bool

    /// `nil` if standard error is not a terminal, or one that cannot rewrite a line.
    init?(environment: [String: String]) {
        guard isatty(STDERR_FILENO) == 1, !["dumb", ""].contains(environment["TERM"] ?? "") else { return nil }
        hasColor = environment["NO_COLOR"]?.isEmpty ?? true
    }

    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The control sequence that replaces the cursor's line: return to the first column, and erase everything after the
    /// text (ECMA-48: CR, EL).
    static func replacing(_ line: String) -> String { "\r\(line)\u{1B}[K" }
}
