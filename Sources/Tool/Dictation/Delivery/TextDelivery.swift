import Essentials
import Synchronization
import SystemPackage

/// Delivers texts to standard output, the clipboard and a file.
public final class TextDelivery: Sendable {
    /// The content of the clipboard after several texts.
    public enum CopyMode: String, CaseIterable, Sendable {
        /// The last text.
        case last
        /// All texts of the session, one per line.
        case session
    }

    /// Writes to standard output, unchanged.
    private let write: @Sendable (String) async throws -> Void
    private let clipboard: Clipboard
    private let file: OutputFile?
    private let mode: CopyMode
    private let texts = Mutex<[String]>([])

    /// Creates a delivery.
    ///
    /// - Parameters:
    ///   - clipboard: The clipboard that texts are copied to.
    ///   - mode: The content of the clipboard after several texts.
    ///   - file: The file that texts are appended to; `nil` for none.
    ///   - write: Writes to standard output, unchanged.
    public init(
        clipboard: Clipboard, mode: CopyMode = .last, file: OutputFile?,
        write: @escaping @Sendable (String) async throws -> Void
    ) {
        self.write = write
        self.clipboard = clipboard
        self.mode = mode
        self.file = file
    }

    /// Prints a text, or a part of one, without adding anything.
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

    /// Copies a text that is already printed to the clipboard and appends it to the file.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - moment: The time when it was said; `nil` if it was not said just now.
    /// - Returns: The result of copying.
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

    /// The result of copying.
    enum Copy: Equatable {
        /// Copying is turned off.
        case none
        /// The text is on the clipboard.
        case made(ClipboardMethod)
        /// Copying failed, with the reason.
        case failed(String)

        /// The event to report, if any.
        var event: DictationEvent? {
            switch self {
            case .none: nil
            case .made(.osc52): .note("The terminal was asked to copy it (OSC 52).")
            case .made(let method): .note("Copied (\(method.rawValue)).")
            case .failed(let reason): .warning(reason)
            }
        }

        /// The outcome of a session that delivered this.
        var outcome: SessionOutcome { if case .failed = self { .notCopied } else { .delivered } }
    }
}
