import Concurrency
import Essentials
import Subprocess
import SystemPackage

/// The clipboard that dictated text is written to. It is written only when there is text.
package struct Clipboard: Sendable {
    private let choice: ClipboardChoice
    private let environment: [String: String]

    /// The timeout for a program: one whose display does not respond would wait forever.
    private let patience: Duration
    /// The timeout for a program that has ended to own the clipboard; a busy display takes up to 0.2 s.
    private static let settling = Duration.milliseconds(500)

    package init(
        _ choice: ClipboardChoice, environment: [String: String], patience: Duration = .seconds(3)
    ) {
        self.choice = choice
        self.environment = environment
        self.patience = patience
    }

    private var methods: [ClipboardMethod] {
        switch choice {
        case .none: []
        case .only(let method): [method]
        case .auto: ClipboardMethod.candidates(environment: environment, hasTerminal: ControllingTerminal.exists)
        }
    }

    /// Puts a text on the clipboard; returns the method that worked, or `nil` if the clipboard is not to be written. If
    /// no method works, the error has the message of each.
    @discardableResult
    func copy(_ text: String) async throws(Failure) -> ClipboardMethod? {
        guard choice != .none else { return nil }
        let methods = methods
        guard !methods.isEmpty else { throw Failure("No program for the clipboard. \(Self.advice)") }
        var failures: [String] = []
        for method in methods {
            do throws(Failure) {
                try await copy(text, by: method)
                return method
            } catch {
                failures.append("\(method.rawValue): \(error)")
            }
        }
        throw Failure("The clipboard cannot be written. \(failures.joined(separator: " ")) \(Self.advice)")
    }

    /// Checks whether copying can work, without copying; returns the method in words.
    package func check() throws(Failure) -> String {
        guard choice != .none else { return "left alone, as you chose" }
        guard let method = methods.first else { throw Failure("No program for the clipboard. \(Self.advice)") }
        if method == .osc52 {
            guard ControllingTerminal.exists else { throw Failure("There is no terminal for OSC 52.") }
            return "the terminal's (OSC 52), if it allows that"
        }
        guard method.executable(environment: environment) != nil else {
            throw Failure("\(method.rawValue) is not installed. \(Self.advice)")
        }
        return method.rawValue
    }

    private static var advice: String {
        "Install wl-clipboard (Wayland) or xclip (X11), or choose with --clipboard; --clipboard none turns copying off."
    }

    private func copyByTerminal(_ text: String) async throws(Failure) {
        let isInsideTmux = environment["TMUX"]?.isEmpty == false
        do {
            // A paused terminal (Ctrl-S) accepts no output.
            let hasCopied: Void? = try await Self.limited(to: patience) {
                try await abandonable { try TerminalClipboard.copy(text, isInsideTmux: isInsideTmux) }
            }
            if hasCopied == nil { throw Failure("The terminal did not take it within \(patience).") }
        } catch {
            throw error as? Failure ?? Failure("\(error)")
        }
    }

    private func copy(_ text: String, by method: ClipboardMethod) async throws(Failure) {
        guard let command = method.command else { return try await copyByTerminal(text) }
        guard let executable = method.executable(environment: environment) else {
            throw Failure("It is not installed.")
        }
        let folder = environment["TMPDIR"] ?? "/tmp"
        // Files instead of pipes: a program that exits without reading would break the one, and a program that stays in
        // the background to own the clipboard would hold the other open.
        let input = try UnnamedFile(in: folder, holding: text)
        let words = try UnnamedFile(in: folder)
        // In a new session: a program that stays to own the clipboard must outlive the terminal, which sends SIGHUP to
        // its own session when it closes.
        var platform = PlatformOptions()
        platform.createSession = true
        let status: TerminationStatus?
        do {
            status = try await Self.limited(to: patience) { [platform] in
                try await Subprocess.run(
                    .path(FilePath(executable)), arguments: Arguments(Array(command.dropFirst())),
                    platformOptions: platform,
                    input: .fileDescriptor(input.descriptor, closeAfterSpawningProcess: false), output: .discarded,
                    error: .fileDescriptor(words.descriptor, closeAfterSpawningProcess: false)
                ).terminationStatus
            }
        } catch {
            throw Failure("It cannot be run: \(error)")
        }
        guard let status else { throw Failure("It did not end within \(patience).") }
        guard status.isSuccess else { throw Failure("It failed: \(words.firstLine)") }
        if let arguments = method.reading { await settle(text, executable, arguments) }
    }

    /// Waits until the clipboard has a text, so that the next paste finds it. Not for long, since a clipboard manager
    /// may have changed the text.
    private func settle(_ text: String, _ executable: String, _ arguments: [String]) async {
        _ = try? await Self.limited(to: Self.settling) {
            while true {
                let result = try? await Subprocess.run(
                    .path(FilePath(executable)), arguments: Arguments(arguments), input: .none,
                    output: .string(limit: text.utf8.count + 1), error: .discarded)
                if result?.standardOutput == text { return }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Does some work with a timeout; returns `nil` if it expires.
    private static func limited<R: Sendable>(
        to time: Duration, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R? {
        try await result(of: work) { try await Task.sleep(for: time) }
    }
}

/// A temporary file without a name: only this process and its children can reach it, by descriptor.
final class UnnamedFile: Sendable {
    let descriptor: FileDescriptor

    init(in folder: String, holding text: String = "") throws(Failure) {
        var template = Array("\(folder)/asr2clip-XXXXXX".utf8CString)
        let raw = mkstemp(&template)
        guard raw >= 0 else {
            throw Failure(
                "No temporary file can be made in '\(folder)'. Set TMPDIR to a folder that can be written.")
        }
        unlink(template)
        descriptor = FileDescriptor(rawValue: raw)
        do {
            try descriptor.writeAll(text.utf8)
            try descriptor.seek(offset: 0, from: .start)
        } catch {
            throw Failure("There is no room for temporary files in '\(folder)'.")
        }
    }

    deinit { try? descriptor.close() }

    var firstLine: String {
        var bytes = [UInt8](repeating: 0, count: 500)
        let count = (try? bytes.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }) ?? 0
        return String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
