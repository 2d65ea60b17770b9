import Essentials

/// The user's choice of how to reach the clipboard.
public enum ClipboardChoice: Sendable, Equatable {
    /// The first method that works.
    case auto
    /// This method only.
    case only(ClipboardMethod)
    /// Do not write to the clipboard.
    case none
}

extension ClipboardChoice: CaseIterable {
    /// All choices, in the order of the help.
    public static var allCases: [Self] { [.auto] + ClipboardMethod.allCases.map { .only($0) } + [.none] }

    /// The value on the command line.
    public var word: String {
        switch self {
        case .auto: "auto"
        case .only(let method): method.rawValue
        case .none: "none"
        }
    }
}

/// A method to put text on the clipboard, named after the program or the protocol.
public enum ClipboardMethod: String, CaseIterable, Sendable {
    /// For Wayland.
    case wlCopy = "wl-copy"
    /// For X11.
    case xclip
    /// For X11, too.
    case xsel
    /// For macOS.
    case pbcopy
    /// For tmux, which passes the text on to its terminal.
    case tmux
    /// The terminal's clipboard; works over SSH, too.
    case osc52

    /// The program's arguments; `nil` if the method is not a program.
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

    /// The arguments with which the program reads the clipboard, if it exits before the text is there: on X11, the
    /// process that stays in the background must still claim the clipboard from the display.
    var reading: [String]? {
        switch self {
        case .xclip: ["-selection", "clipboard", "-o"]
        case .xsel: ["--clipboard", "--output"]
        case .wlCopy, .pbcopy, .tmux, .osc52: nil
        }
    }

    /// The methods that may work here, best first, as far as can be known without touching the clipboard.
    ///
    /// - Parameters:
    ///   - environment: Names the displays, and says whether this is an SSH session.
    ///   - hasTerminal: Whether the process has a terminal.
    /// - Returns: The methods to try, in order.
    static func candidates(environment: [String: String], hasTerminal: Bool) -> [ClipboardMethod] {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        var candidates: [ClipboardMethod] = []
        #if os(macOS)
            candidates.append(.pbcopy)
        #endif
        if isSet("WAYLAND_DISPLAY") { candidates.append(.wlCopy) }
        if isSet("DISPLAY") { candidates += [.xclip, .xsel] }
        // Inside tmux, only tmux itself knows whether the text arrives.
        var terminal: [ClipboardMethod] = isSet("TMUX") ? [.tmux] : []
        // A terminal without cursor keys, or the kernel's own, has no clipboard.
        if hasTerminal, !["", "dumb", "linux"].contains(environment["TERM"] ?? "") { terminal.append(.osc52) }
        let isRemote = isSet("SSH_CONNECTION") || isSet("SSH_TTY")
        return (isRemote ? terminal + candidates : candidates + terminal).filter {
            $0 == .osc52 || $0.executable(environment: environment) != nil
        }
    }

    /// The path of the program; `nil` if it is not installed, or the method needs none.
    func executable(environment: [String: String]) -> String? {
        guard let name = command?.first else { return nil }
        return (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
