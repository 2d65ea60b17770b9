import Essentials

/// The file system queries that the module needs.
enum FileSystem {
    /// Whether there is a regular file at the path, or a link to one.
    static func isRegularFile(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
    }

    /// Whether there is a directory at the path, or a link to one.
    static func isDirectory(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether there is a directory at the path, not a link to one.
    static func isRealDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is a directory of this process's user at the path, not a link to one.
    static func isOwnDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    /// Whether there is anything at the path, even a dangling link.
    static func isOccupied(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The size of the file in bytes; `nil` if there is none.
    static func size(_ path: String) -> Int64? {
        status(path).map { Int64($0.st_size) }
    }

    /// The size of the file or link at the path, without following links; `nil` if there is none.
    static func ownSize(_ path: String) -> Int64? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The disk of the path; `nil` if there is nothing.
    static func device(_ path: String) -> UInt64? {
        status(path).map { UInt64(truncatingIfNeeded: $0.st_dev) }
    }

    /// Whether an open file is the one at the path.
    static func isSameFile(_ descriptor: Int32, _ path: String) -> Bool {
        var open = stat()
        guard fstat(descriptor, &open) == 0, let named = status(path) else { return false }
        return open.st_dev == named.st_dev && open.st_ino == named.st_ino
    }

    /// The path with all links resolved; `nil` if there is nothing.
    static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Makes the directory and its parents, unless they exist.
    static func createDirectory(_ path: String) throws(SystemError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SystemError("create the folder", path, reason: SystemReason.words(for: error))
        }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}

/// A system call that failed.
struct SystemError: Error, CustomStringConvertible {
    let description: String

    /// Describes the action that failed, and its path.
    init(_ action: String, _ path: String, reason: String) {
        description = "Cannot \(action) \(path): \(reason)."
    }

    /// Describes the call that failed last; reads `errno`, so it must be called at once.
    init(_ action: String, _ path: String) {
        self.init(action, path, reason: SystemReason.words(for: errno))
    }
}
