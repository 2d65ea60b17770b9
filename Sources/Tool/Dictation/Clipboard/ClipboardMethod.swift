import Essentials

/// Which way to the clipboard somebody chose.
public enum ClipboardChoice: Sendable, Equatable {
    /// Whatever works.
    case auto
    /// This way and no other.
    case only(ClipboardMethod)
    /// The clipboard is left alone.
    case none
}

extension ClipboardChoice: CaseIterable {
    /// All choices, in the order of the help.
    public static var allCases: [Self] { [.auto] + ClipboardMethod.allCases.map { .only($0) } + [.none] }

    /// The word for it on the command line.
    public var word: String {
        switch self {
        case .auto: "auto"
        case .only(let method): method.rawValue
        case .none: "none"
        }
    }
}

/// A way to put text on the clipboard, by the name of the program or the protocol.
public enum ClipboardMethod: String, CaseIterable, Sendable {
    /// Wayland's.
    case wlCopy = "wl-copy"
    /// X11's.
    case xclip
    /// X11's too.
    case xsel
    /// macOS's.
    case pbcopy
    /// tmux's, which tells the terminal it is shown on.
    case tmux
    /// The terminal's, wherever it is: over SSH too.
    case osc52

    /// The programs' arguments; `nil` for what is no program.
    var command: [String]? {
        switch self {
        case .wlCopy: ["wl-copy", "--type", "text/plain;charset=utf-8"]
        case .xclip: ["xclip", "-selection", "clipboard"]
        case .xsel: ["xsel", "--clipboard", "--input"]
        case .pbcopy: ["pbcopy"]
        case .tmux: ["tmux", "load-buffer", "-w", "-"]
        case .osc52: nil
        }
    }

    /// The arguments with which the program reads the clipboard, where it ends before the text is there: on X11, the process
    /// that stays behind to own the clipboard has still to say so to the display.
    var reading: [String]? {
        switch self {
        case .xclip: ["-selection", "clipboard", "-o"]
        case .xsel: ["--clipboard", "--output"]
        case .wlCopy, .pbcopy, .tmux, .osc52: nil
        }
    }

    /// What may work here, the best first, as far as that can be told without touching the clipboard.
    ///
    /// - Parameters:
    ///   - environment: Which displays there are, and whether we are at the end of an SSH connection.
    ///   - hasTerminal: Whether there is a terminal to ask.
    /// - Returns: The ways to try, in order.
    static func candidates(environment: [String: String], hasTerminal: Bool) -> [ClipboardMethod] {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        var candidates: [ClipboardMethod] = []
        #if os(macOS)
            candidates.append(.pbcopy)
        #endif
        if isSet("WAYLAND_DISPLAY") { candidates.append(.wlCopy) }
        if isSet("DISPLAY") { candidates += [.xclip, .xsel] }
        // Of what goes through tmux, only tmux itself knows whether it arrives.
        var terminal: [ClipboardMethod] = isSet("TMUX") ? [.tmux] : []
        // A terminal without cursor keys, or the kernel's own, has no clipboard.
        if hasTerminal, !["", "dumb", "linux"].contains(environment["TERM"] ?? "") { terminal.append(.osc52) }
        let isRemote = isSet("SSH_CONNECTION") || isSet("SSH_TTY")
        return (isRemote ? terminal + candidates : candidates + terminal).filter {
            $0 == .osc52 || $0.executable(environment: environment) != nil
        }
    }

    /// Where the program is; `nil` if it is not installed, or none is needed.
    func executable(environment: [String: String]) -> String? {
        guard let name = command?.first else { return nil }
        return (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
