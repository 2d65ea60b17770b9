public import Essentials

/// Where a model's files come from, and how to know that they are the right ones.
public struct ModelDownload: Sendable, Equatable {
    /// An archive, or a single file. It may carry credentials: show `displayURL` instead.
    public let url: URL
    /// The folder inside the archive that becomes the model's directory; `nil` means its only top folder, else its root.
    public let archiveSubdir: String?
    /// The SHA-256 of what the URL gives, 64 lower-case hex digits.
    public let sha256: String?
    /// The size of what the URL gives, in bytes.
    public let size: Int64?

    /// The URL without user, password, query and fragment: what logs and messages show.
    public var displayURL: String {
        let port = url.port.map { ":\($0)" } ?? ""
        return "\(url.scheme ?? "")://\(url.host ?? "")\(port)\(url.path)"
    }
}

extension ModelDownload: CustomStringConvertible {
    /// The URL as messages show it.
    public var description: String { displayURL }
}
