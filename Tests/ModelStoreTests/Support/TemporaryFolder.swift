import Foundation
import ModelStore

/// A folder for one test; deleted afterwards.
struct TemporaryFolder {
    let path: String

    /// The paths of a user whose data is all in this folder.
    var paths: ModelPaths {
        ModelPaths(environment: ["XDG_DATA_HOME": path, "HOME": path], currentFolder: path)
    }

    /// Writes a file, with the folders above it.
    func write(_ content: String, to name: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
    }

    /// The text of a file; `nil` if there is none.
    func text(_ name: String) -> String? {
        try? String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    /// The paths of everything in the folder, sorted.
    var contents: [String] {
        get throws { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }
    }
}

/// Runs `body` with a new folder.
func withTemporaryFolder<R>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryFolder) async throws -> R
) async throws -> R {
    let url = FileManager.default.temporaryDirectory.appending(path: "ModelStoreTests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(TemporaryFolder(path: url.path))
}
