public import Essentials
import SystemPackage

/// A file that texts are appended to.
public struct OutputFile: Sendable {
    private let path: String

    /// Creates a value for a path; the file need not exist.
    public init(path: String) {
        self.path = path
    }

    /// Checks that the file can be written, before there is text to lose. Creates missing parent folders.
    ///
    /// - Throws: `DeliveryError`.
    public func check() throws(DeliveryError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        // If this fails, opening the file reports it.
        if !SystemName.isRaw(path) {
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        close(try opened())
    }

    /// Appends a text and a line end.
    ///
    /// - Parameters:
    ///   - text: What to append.
    ///   - moment: The time when it was said, written before the text in local time: `[2026-11-24 09:05:00] …`.
    /// - Throws: `DeliveryError`.
    public func append(_ text: String, saidAt moment: Date? = nil) throws(DeliveryError) {
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
            throw DeliveryError(
                "Cannot write to '\(SystemName.shown(path))': \(String(cString: strerror(errno))). Choose another with -o."
            )
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

/// Why a text could not be delivered.
public struct DeliveryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and what to do.
    public let description: String
    /// Whether the reader of standard output has closed the pipe, as in `asr2clip -i talk.mp3 | head`.
    public let isClosedPipe: Bool

    init(_ description: String, isClosedPipe: Bool = false) {
        self.description = description
        self.isClosedPipe = isClosedPipe
    }
}
