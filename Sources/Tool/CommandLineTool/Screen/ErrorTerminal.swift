import Essentials

/// The terminal of standard error.
struct ErrorTerminal {
    /// Whether to use colours: not if `NO_COLOR` is set (no-color.org).
    let hasColor: Bool

    /// `nil` if standard error is not a terminal, or one that cannot rewrite a line.
    init?(environment: [String: String]) {
        guard isatty(STDERR_FILENO) == 1, !["dumb", ""].contains(environment["TERM"] ?? "") else { return nil }
        hasColor = environment["NO_COLOR"]?.isEmpty ?? true
    }

    /// Its width in columns.
    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The control sequence that replaces the cursor's line: return to the first column, and erase everything after the
    /// text (ECMA-48: CR, EL).
    static func replacing(_ line: String) -> String { "\r\(line)\u{1B}[K" }
}
