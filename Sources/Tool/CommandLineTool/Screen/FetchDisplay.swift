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

    /// The time between two frames: no eye can follow faster.
    private static let frame = Duration.milliseconds(100)

    private let state = Mutex(State())
    private let terminal: ErrorTerminal?

    /// Checks whether standard error is a terminal. `NO_COLOR` (no-color.org) and `TERM=dumb` select plain lines.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let terminal = ErrorTerminal(environment: environment)
        self.terminal = terminal?.hasColor == true ? terminal : nil
    }

    /// Shows the progress of a download.
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
