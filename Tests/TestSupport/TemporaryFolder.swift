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

    /// Writes a file, and creates the folders above it.
    ///
    /// - Returns: Its path.
    @discardableResult
    public func write(_ data: Data, to name: String) throws -> String {
        let url = URL(filePath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
        return file(name)
    }

    /// Writes a text file, and creates the folders above it.
    ///
    /// - Returns: Its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String { try write(Data(text.utf8), to: name) }

    /// The text of a file; `nil` if there is none.
    public func text(_ name: String) -> String? {
        try? String(contentsOfFile: file(name), encoding: .utf8)
    }

    /// The paths of everything in the folder, sorted.
    public var contents: [String] {
        get throws { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }
    }
}

/// Runs `body` with a new folder, which exists until `body` ends.
public func withTemporaryFolder<R>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryFolder) async throws -> R
) async throws -> R {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try await body(folder)
}
