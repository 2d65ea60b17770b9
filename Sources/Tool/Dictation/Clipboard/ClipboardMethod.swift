import Essentials
import SystemPackage

/// The user's choice of how to reach the clipboard.
package enum ClipboardChoice: Sendable, Equatable, CaseIterable {
    /// The first method that works.
    case auto
    case only(ClipboardMethod)
    /// Do not write to the clipboard.
    case none

    /// In the order of the help.
    package static var allCases: [Self] { [.auto] + ClipboardMethod.allCases.map { .only($0) } + [.none] }

    package var word: String {
        switch self {
        case .auto: "auto"
        case .only(let method): method.rawValue
        case .none: "none"
        }
    }
}

/// A method to put text on the clipboard, named after the program or the protocol.
package enum ClipboardMethod: String, CaseIterable, Sendable {
    // For Wayland, X11 (two) and macOS.
    case wlCopy = "wl-copy"
    case xclip
    case xsel
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

/// Puts text on the clipboard of the terminal's user by OSC 52 ("XTerm Control Sequences", Manipulate Selection Data).
enum TerminalClipboard {
    /// Terminals silently drop more bytes than this: 100 000 in the encoded form, as xterm allows.
    static let limit = 74_994

    /// The control sequence. Inside tmux it comes twice: wrapped, for tmux with `allow-passthrough` on, and bare, for
    /// tmux with `set-clipboard on`.
    static func sequence(for text: String, isInsideTmux: Bool) -> String {
        let bare = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
        guard isInsideTmux else { return bare }
        return bare + "\u{1B}Ptmux;" + bare.replacing("\u{1B}", with: "\u{1B}\u{1B}") + "\u{1B}\\"
    }

    static func copy(_ text: String, isInsideTmux: Bool) throws(Failure) {
        guard text.utf8.count <= limit else {
            throw Failure("The text has \(text.utf8.count) bytes; terminals take \(limit) at most.")
        }
        do {
            let terminal = try FileDescriptor.open("/dev/tty", .writeOnly, options: .closeOnExec)
            _ = try terminal.closeAfter { try terminal.writeAll(sequence(for: text, isInsideTmux: isInsideTmux).utf8) }
        } catch {
            throw Failure("There is no terminal that could take it (OSC 52).")
        }
    }
}

package enum ControllingTerminal {
    /// Whether the process has one (tty(4): `/dev/tty` cannot be opened without).
    package static var exists: Bool {
        let descriptor = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
