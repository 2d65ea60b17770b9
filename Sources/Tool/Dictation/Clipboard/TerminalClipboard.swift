import Essentials
import SystemPackage

/// Puts text on the clipboard of the terminal's user by OSC 52 ("XTerm Control Sequences", Manipulate Selection Data).
enum TerminalClipboard {
    /// Terminals silently drop more bytes than this: 100 000 in the encoded form, as xterm allows.
    static let limit = 74_994

    /// Builds the control sequence.
    ///
    /// - Parameters:
    ///   - text: The text to copy.
    ///   - isInsideTmux: If true, the sequence comes twice: wrapped, for tmux with `allow-passthrough` on, and bare,
    ///     for tmux with `set-clipboard on`.
    /// - Returns: The control sequence.
    static func sequence(for text: String, isInsideTmux: Bool) -> String {
        let bare = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
        guard isInsideTmux else { return bare }
        return bare + "\u{1B}Ptmux;" + bare.replacing("\u{1B}", with: "\u{1B}\u{1B}") + "\u{1B}\\"
    }

    /// Writes the control sequence to the process's terminal.
    ///
    /// - Throws: `ClipboardError` if there is none, or the text is too long.
    static func copy(_ text: String, isInsideTmux: Bool) throws(ClipboardError) {
        guard text.utf8.count <= limit else {
            throw ClipboardError("The text has \(text.utf8.count) bytes; terminals take \(limit) at most.")
        }
        do {
            let terminal = try FileDescriptor.open("/dev/tty", .writeOnly, options: .closeOnExec)
            _ = try terminal.closeAfter { try terminal.writeAll(sequence(for: text, isInsideTmux: isInsideTmux).utf8) }
        } catch {
            throw ClipboardError("There is no terminal that could take it (OSC 52).")
        }
    }

    /// Whether the process has a terminal.
    static var exists: Bool {
        let descriptor = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
