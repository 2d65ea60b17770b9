import Essentials

/// The folder in which a model is downloaded and unpacked, beside its directory and on the same disk.
///
/// Its name depends only on that directory, so a later run, of this process or another, finds what an earlier one left.
/// The holder of its lock owns it. The system releases the lock when the owner ends, for whatever reason.
struct StagingFolder: ~Copyable {
    /// The absolute path, without links.
    let path: String
    private let lock: Int32

    private static let prefix = ".incoming-"
    /// Leaves room for the prefix within the 255 bytes that file systems allow for a name.
    private static let nameLimit = 200

    var partial: PartialDownload { PartialDownload(folder: path) }

    var unpacked: String { path + "/unpacked" }

    /// The path of a model's staging folder, whether it exists or not.
    ///
    /// It is beside the model's directory; it is inside only if that directory is on another disk or its parent cannot
    /// be written.
    static func path(for directory: String) -> String {
        let real = FileSystem.realPath(directory) ?? directory
        let parent = FileSystem.parent(of: real)
        let name = prefix + (real.split(separator: "/").last.map(String.init) ?? "model").prefix(upToBytes: nameLimit)
        let isInside =
            FileSystem.isDirectory(real)
            && (FileSystem.device(real) != FileSystem.device(parent) || access(parent, W_OK) != 0)
        return (isInside ? real : FileSystem.realPath(parent) ?? parent) + "/" + name
    }

    /// Takes ownership of a model's staging folder, which is made if it is missing; `nil` if there is another owner.
    static func claim(for directory: String) throws(SystemError) -> StagingFolder? {
        let real = FileSystem.realPath(directory) ?? directory
        try FileSystem.createDirectory(FileSystem.parent(of: real))
        return try claim(at: path(for: real))
    }

    private static func claim(at path: String) throws(SystemError) -> StagingFolder? {
        let file = lockFile(in: path)
        while true {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw SystemError("create the folder", path) }
            let lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard lock >= 0 else {
                let error = SystemError("open", file)
                // The previous owner may just have removed the folder. A link is never a staging folder.
                if FileSystem.isOccupied(path), !FileSystem.isRealDirectory(path) {
                    throw SystemError("create the folder", path, reason: "something else is there; move it elsewhere")
                }
                if FileSystem.isOccupied(path) { throw error }
                continue
            }
            guard FileSystem.isRealDirectory(path) else {
                close(lock)
                throw SystemError("create the folder", path, reason: "a link is there; move it elsewhere")
            }
            switch Ownership(taking: lock) {
            case .others:
                close(lock)
                return nil
            case .none:
                // Another process checks the owner (`isOwned`), which takes only a moment.
                close(lock)
            case .ours:
                if FileSystem.isSameFile(lock, file) { return StagingFolder(path: path, lock: lock) }
                close(lock)
            }
        }
    }

    /// The owner of a lock, as found by trying to take it.
    private enum Ownership {
        case ours, others, none

        init(taking lock: Int32) {
            // If the file system has no locks (as some network file systems), this process assumes to be the only one.
            if flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK {
                self = .ours
            } else {
                self = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK ? .others : .none
            }
        }
    }

    /// Deletes the staging folders in a folder that have no owner, except those of some models.
    ///
    /// A staging folder belongs to this user, has a staging folder's name and contains a lock.
    static func removeAbandoned(in folder: String, except directories: Set<String>) {
        guard let folder = FileSystem.realPath(folder),
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return }
        let kept = Set(directories.map(path))
        for name in names where name.hasPrefix(prefix) {
            let path = folder + "/" + name
            guard !kept.contains(path), FileSystem.isOwnDirectory(path), FileSystem.isRegularFile(lockFile(in: path)),
                let staging = try? claim(at: path)
            else { continue }
            staging.remove()
        }
    }

    /// Whether a task of this process or another owns a model's staging folder now.
    static func isOwned(for directory: String) -> Bool {
        let lock = open(lockFile(in: path(for: directory)), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0 else { return false }
        defer { close(lock) }
        // The lock is shared, so that two processes that only check do not mistake each other for an owner.
        return flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The partial download of a model that is being downloaded, or was interrupted.
    static func partial(for directory: String) -> PartialDownload {
        PartialDownload(folder: path(for: directory))
    }

    private static let lockName = "lock"
    private static func lockFile(in path: String) -> String { path + "/" + lockName }

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = lock
    }

    deinit {
        close(lock)
    }

    /// Deletes everything except the partial download, which a later run can use.
    func tidy() throws(SystemError) {
        try FileSystem.remove(unpacked)
    }

    /// Deletes the folder and its contents, the lock last. Errors are ignored; the next owner gets them.
    consuming func remove() {
        guard (try? FolderRemoval.empty(path, except: Self.lockName)) != nil else { return }
        unlink(Self.lockFile(in: path))
        rmdir(path)
    }
}

extension String {
    /// The longest prefix of whole characters that fits into a number of bytes.
    fileprivate func prefix(upToBytes limit: Int) -> String {
        var text = ""
        for character in self {
            guard text.utf8.count + character.utf8.count <= limit else { break }
            text.append(character)
        }
        return text
    }
}
