import Concurrency
import Essentials
import Subprocess
import SystemPackage

/// The clipboard that dictated text is written to. It is written only when there is text.
public struct Clipboard: Sendable {
    private let choice: ClipboardChoice
    private let environment: [String: String]

    /// The timeout for a program: one whose display does not respond would wait forever.
    private static let patience = Duration.seconds(3)
    /// The timeout for a program that has ended to own the clipboard; a busy display takes up to 0.2 s.
    private static let settling = Duration.milliseconds(500)

    /// Remembers the choice. The available methods are looked up when there is text.
    public init(_ choice: ClipboardChoice, environment: [String: String]) {
        self.choice = choice
        self.environment = environment
    }

    /// The methods to try, in order.
    private var methods: [ClipboardMethod] {
        switch choice {
        case .none: []
        case .only(let method): [method]
        case .auto: ClipboardMethod.candidates(environment: environment, hasTerminal: TerminalClipboard.exists)
        }
    }

    /// Puts a text on the clipboard.
    ///
    /// - Returns: The method that worked; `nil` if the clipboard is not to be written.
    /// - Throws: `ClipboardError` if no method works, with the message of each.
    @discardableResult
    public func copy(_ text: String) async throws(ClipboardError) -> ClipboardMethod? {
        guard choice != .none else { return nil }
        let methods = methods
        guard !methods.isEmpty else { throw ClipboardError("No program for the clipboard. \(Self.advice)") }
        var failures: [String] = []
        for method in methods {
            do throws(ClipboardError) {
                try await copy(text, by: method)
                return method
            } catch {
                failures.append("\(method.rawValue): \(error)")
            }
        }
        throw ClipboardError("The clipboard cannot be written. \(failures.joined(separator: " ")) \(Self.advice)")
    }

    /// Checks whether copying can work, without copying.
    ///
    /// - Returns: The method that will be used, in words.
    /// - Throws: `ClipboardError` that says what to do.
    public func check() throws(ClipboardError) -> String {
        guard choice != .none else { return "left alone, as you chose" }
        guard let method = methods.first else { throw ClipboardError("No program for the clipboard. \(Self.advice)") }
        if method == .osc52 {
            guard TerminalClipboard.exists else { throw ClipboardError("There is no terminal for OSC 52.") }
            return "the terminal's (OSC 52), if it allows that"
        }
        guard method.executable(environment: environment) != nil else {
            throw ClipboardError("\(method.rawValue) is not installed. \(Self.advice)")
        }
        return method.rawValue
    }

    private static var advice: String {
        "Install wl-clipboard (Wayland) or xclip (X11), or choose with --clipboard; --clipboard none turns copying off."
    }

    private func copyByTerminal(_ text: String) async throws(ClipboardError) {
        let isInsideTmux = environment["TMUX"]?.isEmpty == false
        let hasCopied: Void?
        do {
            // A paused terminal (Ctrl-S) accepts no output.
            hasCopied = try await Self.limited {
                try await abandonable { try TerminalClipboard.copy(text, isInsideTmux: isInsideTmux) }
            }
        } catch {
            throw error as? ClipboardError ?? ClipboardError("\(error)")
        }
        guard hasCopied != nil else { throw ClipboardError("The terminal did not take it within \(Self.patience).") }
    }

    private func copy(_ text: String, by method: ClipboardMethod) async throws(ClipboardError) {
        guard let command = method.command else {
            return try await copyByTerminal(text)
        }
        guard let executable = method.executable(environment: environment) else {
            throw ClipboardError("It is not installed.")
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
            status = try await Self.limited { [platform] in
                try await Subprocess.run(
                    .path(FilePath(executable)), arguments: Arguments(Array(command.dropFirst())),
                    platformOptions: platform,
                    input: .fileDescriptor(input.descriptor, closeAfterSpawningProcess: false), output: .discarded,
                    error: .fileDescriptor(words.descriptor, closeAfterSpawningProcess: false)
                ).terminationStatus
            }
        } catch {
            throw ClipboardError("It cannot be run: \(error)")
        }
        guard let status else { throw ClipboardError("It did not end within \(Self.patience).") }
        guard status.isSuccess else { throw ClipboardError("It failed: \(words.firstLine)") }
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
        to time: Duration = patience, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R? {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

/// Why text is not on the clipboard.
public struct ClipboardError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
