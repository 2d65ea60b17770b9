import Essentials
import ModelFamilies
import Synchronization
import SystemPackage

/// A folder for files that are needed only while this server runs: uploads, and ONNX Runtime settings for engines.
///
/// The process holds a lock on it (flock(2)), so that the next server removes the leftovers of a killed one and nothing
/// else: the system releases the lock when the process ends, for whatever reason. Process ids would not do: two
/// containers that share a folder for temporary files both have a process 1, and ids are reused. systemd-tmpfiles does
/// not remove a locked folder.
package final class RunDirectory: Sendable {
    private let path: String
    /// The path of the folder for spooled uploads.
    let uploads: String
    /// The path of the file with the engines' ONNX Runtime settings.
    package let runtimeSettings: String
    /// The lock; `nil` once the folder has been removed.
    private let lock: Mutex<FileDescriptor?>

    private static let prefix = "asr2clip-"
    /// How often to make a folder if another server takes it for a leftover before it is locked.
    private static let attempts = 100

    /// Removes leftovers of this user's servers that have ended from the folder for temporary files, and makes the
    /// folder, accessible to this user only.
    package init(in parent: String) throws(RunDirectoryError) {
        Self.removeLeftovers(in: parent)
        do throws(Errno) {
            let (path, lock) = try Self.makeFolder(in: parent)
            self.path = path
            self.lock = Mutex(lock)
        } catch {
            throw RunDirectoryError(parent, error)
        }
        uploads = path + "/uploads"
        runtimeSettings = path + "/onnxruntime.settings"
        do {
            try restore()
        } catch {
            remove()
            throw RunDirectoryError(parent, error)
        }
    }

    deinit { lock.withLock { try? $0?.close() } }

    /// Makes the parts again that have been removed, for example by a program that cleans folders for temporary files.
    @Sendable package func restore() throws {
        try lock.withLock { lock in
            guard let held = lock else { throw Errno.noSuchFileOrDirectory }
            if Self.isFolder(held, at: path) { return }
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard let new = try Self.lock(path, orGoWithout: true) else { throw Errno.resourceBusy }
            try? held.close()
            lock = new
        }
        guard mkdir(uploads, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        if access(runtimeSettings, F_OK) != 0 {
            try RuntimeSettings.text.write(toFile: runtimeSettings, atomically: true, encoding: .utf8)
        }
    }

    /// Removes the folder and its contents for good.
    package func remove() {
        lock.withLock { lock in
            if let held = lock { Self.remove(path, held) }
            lock = nil
        }
    }

    private static func remove(_ path: String, _ lock: FileDescriptor) {
        if isFolder(lock, at: path) { try? FileManager.default.removeItem(atPath: path) }
        try? lock.close()
    }

    private static func removeLeftovers(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let fields = name.dropFirst(prefix.count).split(separator: "-")
            guard fields.count == 2, Int32(fields[0]) != nil else { continue }
            let path = "\(parent)/\(name)"
            if let lock = try? Self.lock(path, orGoWithout: false) { remove(path, lock) }
        }
    }

    /// Makes a folder for this user only, named after this process and six random characters, and locks it.
    private static func makeFolder(in parent: String) throws(Errno) -> (path: String, lock: FileDescriptor) {
        for _ in 0..<attempts {
            var template = Array("\(parent)/\(prefix)\(getpid())-XXXXXX".utf8CString)
            guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
            let path = String(cString: made)
            if let lock = try Self.lock(path, orGoWithout: true) { return (path, lock) }
        }
        throw .resourceBusy
    }

    /// Locks a folder; returns `nil` if it is not a folder of this user, does not exist, or is locked. If the file
    /// system has no locks, no process can take over a folder, and `orGoWithout` says whether to open it anyway.
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

/// The error if a folder for temporary files cannot be made, with advice.
package struct RunDirectoryError: Error, Sendable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ parent: String, _ error: any Error) {
        description =
            "Cannot make a folder for temporary files in \(parent): \(SystemReason.words(for: error))."
            + " Set TMPDIR to a folder that can be written and has space."
    }
}
