import Foundation

/// Where texts go: standard output, the clipboard, a file.
public struct TextDelivery: Sendable {
    /// Writes to standard output, exactly what it is given; its errors say so.
    private let write: @Sendable (String) throws -> Void
    private let clipboard: Clipboard
    private let file: OutputFile?

    /// Chooses the places.
    public init(clipboard: Clipboard, file: OutputFile?, write: @escaping @Sendable (String) throws -> Void) {
        self.write = write
        self.clipboard = clipboard
        self.file = file
    }

    /// Prints a text, or a part of one, and nothing else.
    func print(_ text: String) throws(DeliveryError) {
        do {
            try write(text)
        } catch {
            throw DeliveryError("\(error)")
        }
    }

    /// Puts a text that is printed already where else it is to go.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - moment: When it was said; `nil` for what was not said just now.
    /// - Returns: A warning, if the clipboard could not be written.
    /// - Throws: `DeliveryError` if the file could not.
    func keep(_ text: String, saidAt moment: Date? = nil) async throws(DeliveryError) -> String? {
        var warning: String?
        do throws(ClipboardError) {
            try await clipboard.copy(text)
        } catch {
            warning = error.description
        }
        try file?.append(text, saidAt: moment)
        return warning
    }
}
