public import Foundation

/// A file that texts are appended to.
public struct OutputFile: Sendable {
    private let path: String

    /// Names a file, which need not exist.
    public init(path: String) {
        self.path = path
    }

    /// Makes sure that the file can be written, before there is anything to lose.
    ///
    /// - Throws: `DeliveryError`.
    public func check() throws(DeliveryError) {
        close(try opened())
    }

    /// Appends a text and a line end.
    ///
    /// - Parameters:
    ///   - text: What to append.
    ///   - moment: When it was said, written before it in local time: `[2026-11-24 09:05:00] …`.
    /// - Throws: `DeliveryError`.
    public func append(_ text: String, saidAt moment: Date? = nil) throws(DeliveryError) {
        let stamp = moment.map { "[\($0.formatted(Self.stamp))] " } ?? ""
        let descriptor = try opened()
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data("\(stamp)\(text)\n".utf8))
        } catch {
            throw DeliveryError("Cannot write to '\(path)': \(error.localizedDescription)")
        }
    }

    private static var stamp: Date.ISO8601FormatStyle {
        .init(dateTimeSeparator: .space, timeZone: .current).year().month().day().time(
            includingFractionalSeconds: false)
    }

    private func opened() throws(DeliveryError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw DeliveryError(
                "Cannot write to '\(path)': \(String(cString: strerror(errno))). Choose another with -o.")
        }
        return descriptor
    }
}

/// Why a text did not get where it was to go.
public struct DeliveryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
