import Foundation
import TestSupport

/// Copies of fixture models that tests can damage.
struct Workshop {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    func copy(_ model: TestRegistry.Model, as name: String) throws -> TestRegistry.Model {
        try FileManager.default.copyItem(atPath: model.directory, toPath: folder.file(name))
        return model.named(name, in: folder.file(name))
    }

    /// The path of a copy's file.
    func path(_ model: String, _ file: String) -> String { folder.file("\(model)/\(file)") }

    /// Removes the second half of a file.
    func truncate(_ path: String) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        try data.prefix(data.count / 2).write(to: URL(filePath: path))
    }

    /// Overwrites a text by another of the same length; throws `NeverHappened` if it is not there.
    func replace(_ text: String, by other: String, in path: String) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        guard let range = data.range(of: Data(text.utf8)), range.count == other.utf8.count else {
            throw NeverHappened("\(path) has no '\(text)' to be replaced")
        }
        data.replaceSubrange(range, with: Data(other.utf8))
        try data.write(to: URL(filePath: path))
    }
}
