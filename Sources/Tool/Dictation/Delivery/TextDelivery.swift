import Essentials
import Synchronization
import SystemPackage

/// Delivers texts to standard output, the clipboard and a file.
package final class TextDelivery: Sendable {
    /// The content of the clipboard after several texts.
    package enum CopyMode: String, CaseIterable, Sendable {
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

    package init(
        clipboard: Clipboard, mode: CopyMode = .last, file: OutputFile?,
        write: @escaping @Sendable (String) async throws -> Void
    ) {
        self.write = write
        self.clipboard = clipboard
        self.mode = mode
        self.file = file
    }

    @Sendable func print(_ text: String) async throws {
        guard !text.isEmpty else { return }
        do {
            try await write(SpokenText.printable(text))
        } catch let error as CancellationError {
            throw error
        } catch Errno.brokenPipe {
            throw DeliveryError("The reader of standard output has closed it.", isClosedPipe: true)
        } catch {
            throw DeliveryError("Cannot write to standard output: \(error).")
        }
    }

    /// Copies a text that is already printed to the clipboard and appends it to the file, with the time when it was
    /// said, if that is known. If only copying fails, that is reported.
    func keep(
        _ text: String, saidAt moment: Date? = nil, report: DictationEvents
    ) async throws(DeliveryError) -> SessionOutcome {
        let text = SpokenText.printable(text)
        let all = texts.withLock { texts in
            if mode == .last { texts = [] }
            texts.append(text)
            return texts.joined(separator: "\n")
        }
        var outcome = SessionOutcome.delivered
        var event: DictationEvent?
        do throws(Failure) {
            switch try await clipboard.copy(all) {
            case nil: break
            case .osc52: event = .note("The terminal was asked to copy it (OSC 52).")
            case let method?: event = .note("Copied (\(method.rawValue)).")
            }
        } catch {
            outcome = .notCopied
            event = .warning(error.description)
        }
        try file?.append(text, saidAt: moment)
        event.map(report)
        return outcome
    }
}

/// A file that texts are appended to.
package struct OutputFile: Sendable {
    private let path: String

    package init(path: String) { self.path = path }

    /// Checks that the file can be written, before there is text to lose. Creates missing parent folders.
    package func check() throws(DeliveryError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        // If this fails, opening the file reports it.
        if !SystemName.isRaw(path) {
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        close(try opened())
    }

    /// Appends a line: the text, and before it the local time when it was said, if given.
    func append(_ text: String, saidAt moment: Date? = nil) throws(DeliveryError) {
        let stamp = moment.map { "[\($0.localStamp)] " } ?? ""
        let descriptor = FileDescriptor(rawValue: try opened())
        do {
            try descriptor.closeAfter { _ = try descriptor.writeAll("\(stamp)\(text)\n".utf8) }
        } catch {
            throw DeliveryError("Cannot write to '\(path)': \(error). Choose another with -o.")
        }
    }

    private func opened() throws(DeliveryError) -> Int32 {
        let descriptor = open(SystemName.cString(path), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let reason = SystemReason.words(for: errno)
            throw DeliveryError("Cannot write to '\(SystemName.shown(path))': \(reason). Choose another with -o.")
        }
        return descriptor
    }
}

extension Date {
    /// The local time as `2026-11-24 09:05:00`.
    var localStamp: String {
        formatted(
            Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current).year().month().day().time(
                includingFractionalSeconds: false))
    }
}

/// Why a text could not be delivered, and what to do.
package struct DeliveryError: Error, CustomStringConvertible {
    package let description: String
    /// Whether the reader of standard output has closed the pipe, as in `asr2clip -i talk.mp3 | head`.
    package let isClosedPipe: Bool

    init(_ description: String, isClosedPipe: Bool = false) {
        self.description = description
        self.isClosedPipe = isClosedPipe
    }
}
