import Essentials

/// The few questions about paths that the whole module asks.
enum FileSystem {
    /// Whether a regular file is at the path, or a link that leads to one.
    static func isRegularFile(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
    }

    /// Whether a directory is at the path, or a link that leads to one.
    static func isDirectory(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether a directory itself is at the path, not a link to one.
    static func isRealDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a directory of this process's user is at the path, not a link to one.
    static func isOwnDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    /// Whether anything is at the path, be it a link that leads nowhere.
    static func isOccupied(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The size of the file in bytes; `nil` if there is none.
    static func size(_ path: String) -> Int64? {
        status(path).map { Int64($0.st_size) }
    }

    /// The size of what is at the path itself, a link not followed; `nil` if nothing is.
    static func ownSize(_ path: String) -> Int64? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The disk that the path is on; `nil` if nothing is there.
    static func device(_ path: String) -> UInt64? {
        status(path).map { UInt64(truncatingIfNeeded: $0.st_dev) }
    }

    /// Whether an open file still is what the path leads to.
    static func isSameFile(_ descriptor: Int32, _ path: String) -> Bool {
        var open = stat()
        guard fstat(descriptor, &open) == 0, let named = status(path) else { return false }
        return open.st_dev == named.st_dev && open.st_ino == named.st_ino
    }

    /// The path with every link in it followed; `nil` if nothing is there.
    static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Makes the directory and those above it, unless they are there.
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

/// A call of the operating system that failed.
struct SystemError: Error, CustomStringConvertible {
    let description: String

    /// Describes what could not be done, on which path.
    init(_ action: String, _ path: String, reason: String) {
        description = "Cannot \(action) \(path): \(reason)."
    }

    /// Describes what could not be done just now; reads `errno`, so nothing may come between.
    init(_ action: String, _ path: String) {
        self.init(action, path, reason: SystemReason.words(for: errno))
    }
}
