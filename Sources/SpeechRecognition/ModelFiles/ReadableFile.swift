import Foundation

/// The check of a file that nothing more is known about.
enum ReadableFile {
    /// - Throws: `ModelFileError` if there is no such file, it may not be read, or it is empty.
    static func check(path: String) throws(ModelFileError) {
        guard let handle = FileHandle(forReadingAtPath: path), let first = try? handle.read(upToCount: 1) else {
            throw ModelFileError(path: path, problem: "cannot be opened; check that it exists and may be read")
        }
        guard !first.isEmpty else { throw ModelFileError(path: path, problem: "is empty") }
    }
}
