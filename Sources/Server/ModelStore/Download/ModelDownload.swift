public import Essentials

/// The source of a model's files, with checks of their integrity.
public struct ModelDownload: Sendable, Equatable {
    /// An archive, or a single file. It may carry credentials: show `displayURL` instead.
    public let url: URL
    /// The folder in the archive that becomes the model's directory; `nil` means its only top folder, or else its root.
    public let archiveSubdir: String?
    /// The SHA-256 of the downloaded file, 64 lower-case hex digits.
    public let sha256: String?
    /// The size of the downloaded file in bytes.
    public let size: Int64?

    /// The URL without user, password, query and fragment, for logs and messages.
    public var displayURL: String {
        let port = url.port.map { ":\($0)" } ?? ""
        return "\(url.scheme ?? "")://\(url.host ?? "")\(port)\(url.path)"
    }
}

extension ModelDownload: CustomStringConvertible {
    /// The URL for messages.
    public var description: String { displayURL }
}
