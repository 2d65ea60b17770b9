import Essentials

/// The terminal that standard error is.
struct ErrorTerminal {
    /// Whether colours are welcome: not with `NO_COLOR` (no-color.org).
    let hasColor: Bool

    /// `nil` if standard error is no terminal, or one that cannot rewrite a line.
    init?(environment: [String: String]) {
        guard isatty(STDERR_FILENO) == 1, !["dumb", ""].contains(environment["TERM"] ?? "") else { return nil }
        hasColor = environment["NO_COLOR"]?.isEmpty ?? true
    }

    /// Its columns.
    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// What writes a line over the one that the cursor is in: back to the first column, and all behind the text erased
    /// (ECMA-48: CR, EL).
    static func replacing(_ line: String) -> String { "\r\(line)\u{1B}[K" }
}
