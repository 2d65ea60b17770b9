import Foundation
import ModelStore
import Synchronization

/// Shows fetches on standard error: a bar that moves on a terminal, plain lines elsewhere.
final class FetchDisplay: Sendable {
    private struct State {
        var lines = ProgressLines()
        var hasBar = false
        var lastDraw: ContinuousClock.Instant?
    }

    /// No eye follows faster.
    private static let frame = Duration.milliseconds(100)

    private let state = Mutex(State())
    private let isTerminal: Bool

    /// Looks what standard error is. `NO_COLOR` (no-color.org) and `TERM=dumb` ask for plain lines.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let wantsPlain = environment["NO_COLOR"]?.isEmpty == false || ["dumb", ""].contains(environment["TERM"] ?? "")
        isTerminal = isatty(STDERR_FILENO) == 1 && !wantsPlain
    }

    /// Shows a moment of a fetch.
    @Sendable func show(_ progress: DownloadProgress) {
        state.withLock { state in
            let now = ContinuousClock.now
            if isTerminal, let line = ProgressBar(width: Self.width - 1).line(for: progress) {
                if state.hasBar, let last = state.lastDraw, now - last < Self.frame, progress.percent != 100 { return }
                // Back to the first column, and all behind the line erased (ECMA-48: CR, EL).
                write("\r\(line)\u{1B}[K")
                state.hasBar = true
                state.lastDraw = now
            } else if let line = state.lines.line(for: progress, at: now) {
                write((state.hasBar ? "\r\u{1B}[K" : "") + line + "\n")
                state.hasBar = false
            }
        }
    }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
