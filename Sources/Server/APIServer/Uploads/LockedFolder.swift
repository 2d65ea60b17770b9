import Essentials
import Synchronization
import SystemPackage

/// A folder that belongs to one process for as long as it runs: the process holds a lock on it (flock(2)).
///
/// The system releases the lock when the process ends, for whatever reason. Process ids would not do: two containers
/// that share a folder for temporary files both have a process 1, and ids are reused. systemd-tmpfiles does not remove
/// a locked folder.
final class LockedFolder: Sendable {
    /// The path of the folder.
    let path: String
    /// The lock; `nil` once the folder has been removed.
    private let lock: Mutex<FileDescriptor?>

    /// How often to make a folder if another server takes it for a leftover before it is locked.
    private static let attempts = 100

    /// Makes a folder for this user only; six random characters follow the prefix of its name.
    init(in parent: String, prefix: String) throws(Errno) {
        for _ in 0..<Self.attempts {
            var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
            guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
            let path = String(cString: made)
            guard let lock = try Self.lock(path, orGoWithout: true) else { continue }
            self.path = path
            self.lock = Mutex(lock)
            return
        }
        throw .resourceBusy
    }

    /// Takes over a folder of this user whose process has ended; `nil` if there is none, or its process runs.
    init?(leftAt path: String) {
        guard let lock = try? Self.lock(path, orGoWithout: false) else { return nil }
        self.path = path
        self.lock = Mutex(lock)
    }

    deinit {
        lock.withLock { try? $0?.close() }
    }

    /// Makes the folder again at the same path, if it has been removed.
    func restore() throws {
        try lock.withLock { lock in
            guard let held = lock else { throw Errno.noSuchFileOrDirectory }
            if Self.isFolder(held, at: path) { return }
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard let new = try Self.lock(path, orGoWithout: true) else { throw Errno.resourceBusy }
            try? held.close()
            lock = new
        }
    }

    /// Removes the folder and its contents for good.
    func remove() {
        lock.withLock { lock in
            guard let held = lock else { return }
            if Self.isFolder(held, at: path) { try? FileManager.default.removeItem(atPath: path) }
            try? held.close()
            lock = nil
        }
    }

    /// Locks a folder. If the file system has no locks, no process can take over a folder, and `orGoWithout` says
    /// whether to open it anyway.
    ///
    /// - Returns: `nil` if it is not a folder of this user, does not exist, or is locked.
    /// - Throws: The system's error.
    private static func lock(_ path: String, orGoWithout: Bool) throws(Errno) -> FileDescriptor? {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else {
            let error = Errno(rawValue: errno)
            if [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error) { return nil }
            throw error
        }
        let descriptor = FileDescriptor(rawValue: number)
        let isLocked = flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK && orGoWithout
        // Between the two calls, another process may have locked the folder, removed it and ended.
        guard isLocked, isFolder(descriptor, at: path) else {
            try? descriptor.close()
            return nil
        }
        return descriptor
    }

    /// Whether the open file is the folder at a path, and belongs to this user.
    private static func isFolder(_ descriptor: FileDescriptor, at path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor.rawValue, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev && opened.st_uid == geteuid()
    }
}
