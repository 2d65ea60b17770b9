import Essentials
import Synchronization
import SystemPackage

/// Where texts go: standard output, the clipboard, a file.
public final class TextDelivery: Sendable {
    /// What the clipboard has after several texts.
    public enum CopyMode: String, CaseIterable, Sendable {
        /// The last text.
        case last
        /// All texts of the session, a line each.
        case session
    }

    /// Writes to standard output, exactly what it is given.
    private let write: @Sendable (String) async throws -> Void
    private let clipboard: Clipboard
    private let file: OutputFile?
    private let mode: CopyMode
    private let texts = Mutex<[String]>([])

    /// Chooses the places.
    ///
    /// - Parameters:
    ///   - clipboard: Where texts are copied.
    ///   - mode: What the clipboard has after several texts.
    ///   - file: Where texts are appended; `nil` for nowhere.
    ///   - write: Writes to standard output, exactly what it is given.
    public init(
        clipboard: Clipboard, mode: CopyMode = .last, file: OutputFile?,
        write: @escaping @Sendable (String) async throws -> Void
    ) {
        self.write = write
        self.clipboard = clipboard
        self.mode = mode
        self.file = file
    }

    /// Prints a text, or a part of one, and nothing else.
    ///
    /// - Throws: `DeliveryError`, `CancellationError`.
    public func print(_ text: String) async throws {
        guard !text.isEmpty else { return }
        do {
            try await write(SpokenText.printable(text))
        } catch let error as CancellationError {
            throw error
        } catch Errno.brokenPipe {
            throw DeliveryError("Nobody reads standard output any more.", isClosedPipe: true)
        } catch {
            throw DeliveryError("Cannot write to standard output: \(error).")
        }
    }

    /// Puts a text that is printed already where else it is to go.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - moment: When it was said; `nil` for what was not said just now.
    /// - Returns: What became of the copy.
    /// - Throws: `DeliveryError` if the file could not be written.
    func keep(_ text: String, saidAt moment: Date? = nil) async throws(DeliveryError) -> Copy {
        let text = SpokenText.printable(text)
        let all = texts.withLock { texts in
            if mode == .last { texts = [] }
            texts.append(text)
            return texts.joined(separator: "\n")
        }
        var copy = Copy.none
        do throws(ClipboardError) {
            if let method = try await clipboard.copy(all) { copy = .made(method) }
        } catch {
            copy = .failed(error.description)
        }
        try file?.append(text, saidAt: moment)
        return copy
    }

    /// What became of a copy.
    enum Copy: Equatable {
        /// None was wanted.
        case none
        /// It is on the clipboard.
        case made(ClipboardMethod)
        /// It is not, and why.
        case failed(String)

        /// What there is to say.
        var event: DictationEvent? {
            switch self {
            case .none: nil
            case .made(.osc52): .note("The terminal was asked to copy it (OSC 52).")
            case .made(let method): .note("Copied (\(method.rawValue)).")
            case .failed(let reason): .warning(reason)
            }
        }

        /// How a session ends that delivered this.
        var outcome: SessionOutcome { if case .failed = self { .notCopied } else { .delivered } }
    }
}
