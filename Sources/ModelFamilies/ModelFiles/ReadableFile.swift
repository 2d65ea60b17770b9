import Foundation

/// A file that need not be there, nor be what it is taken for.
enum ReadableFile {
    /// The most bytes of a file that is read whole: tokens, pieces and phrases have some megabytes.
    private static let longest: UInt64 = 256 << 20

    /// All bytes of a file.
    ///
    /// - Throws: `ModelFileError` if there is no such file, it may not be read, or it is far too long.
    static func contents(path: String) throws(ModelFileError) -> Data {
        guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else {
            throw ModelFileError(path: path, problem: "cannot be opened; check that it exists and may be read")
        }
        guard size <= longest else {
            throw ModelFileError(path: path, problem: "has \(size) bytes, which no such file has; fetch it again")
        }
        guard (try? handle.seek(toOffset: 0)) != nil, let data = try? handle.readToEnd() ?? Data() else {
            throw ModelFileError(path: path, problem: "cannot be read; check that it is a file and may be read")
        }
        return data
    }

    /// - Throws: `ModelFileError` if there is no such file, it may not be read, or it is empty.
    static func check(path: String) throws(ModelFileError) {
        guard let handle = FileHandle(forReadingAtPath: path), let first = try? handle.read(upToCount: 1) else {
            throw ModelFileError(path: path, problem: "cannot be opened; check that it exists and may be read")
        }
        guard !first.isEmpty else { throw ModelFileError(path: path, problem: "is empty") }
    }
}
