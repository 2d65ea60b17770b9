import Foundation

/// A folder beside the place where a model belongs, in which it is fetched and unpacked unseen.
///
/// Its name carries the process id, and while it is in use it is locked: a later run can tell what a dead one left.
struct StagingFolder {
    /// The absolute path, with no link in it.
    let path: String
    private let lock: Int32

    private static let prefix = ".incoming-"

    /// Makes a folder in `parent`, which is made too if it is missing. The owner calls `remove()` in the end.
    init(in parent: String, for model: String) throws(SystemError) {
        try FileSystem.createDirectory(parent)
        guard let parent = FileSystem.realPath(parent) else { throw SystemError("find the folder", parent) }
        let plain = model.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        let random = String(UInt32.random(in: .min ... .max), radix: 16)
        path = "\(parent)/\(Self.prefix)\(String(plain.prefix(60)))-\(getpid())-\(random)"
        guard mkdir(path, 0o755) == 0 else { throw SystemError("create the folder", path) }
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Without a lock (some network file systems have none) the process id alone must do.
        if lock >= 0 { _ = flock(lock, LOCK_EX | LOCK_NB) }
    }

    /// Deletes the folder with all that is in it.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        if lock >= 0 { close(lock) }
    }

    /// Deletes what fetches of dead processes left in a folder.
    static func removeLeftovers(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] {
            guard name.hasPrefix(prefix), let process = processID(in: name) else { continue }
            // In a container the dead process may have had our own id.
            let isGone = process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
            let path = parent + "/" + name
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if isGone, flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    private static func processID(in name: String) -> pid_t? {
        let parts = name.split(separator: "-")
        return parts.count >= 4 ? pid_t(parts[parts.count - 2]) : nil
    }
}
