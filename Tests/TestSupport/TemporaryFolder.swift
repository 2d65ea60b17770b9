public import Foundation

/// A folder for one test, removed with its content when the last reference is released.
public final class TemporaryFolder: Sendable {
    /// Its path; short, because a Unix socket's path can have at most 107 bytes.
    public let path: String

    /// Makes an empty folder.
    public init() throws {
        path = "/tmp/asr2clip-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the folder, which need not exist.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file.
    ///
    /// - Returns: Its path.
    @discardableResult
    public func write(_ data: Data, to name: String) throws -> String {
        try data.write(to: URL(filePath: file(name)))
        return file(name)
    }
}
