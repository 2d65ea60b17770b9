import Essentials

/// The folder in which a model is fetched and unpacked, beside the place where it belongs and on the same disk.
///
/// Its name follows from that place alone, so that a later run, of this process or another, finds what an earlier one
/// left. Whoever holds its lock owns it. The system takes the lock from an owner that ends, however that ends.
struct StagingFolder: ~Copyable {
    /// The absolute path, with no link in it.
    let path: String
    private let lock: Int32

    private static let prefix = ".incoming-"
    /// Leaves room for the prefix below the 255 bytes that file systems allow a name.
    private static let nameLimit = 200

    /// The partial download in the folder.
    var partial: PartialDownload { PartialDownload(folder: path) }

    /// Where the archive is unpacked.
    var unpacked: String { path + "/unpacked" }

    /// Where a model's staging folder is, whether it exists or not.
    ///
    /// It is beside the model's directory, and inside only if that is on another disk or what is around it cannot be
    /// written.
    static func path(for directory: String) -> String {
        let real = FileSystem.realPath(directory) ?? directory
        let parent = Placement.parent(of: real)
        let name = prefix + (real.split(separator: "/").last.map(String.init) ?? "model").prefix(upToBytes: nameLimit)
        let isInside =
            FileSystem.isDirectory(real)
            && (FileSystem.device(real) != FileSystem.device(parent) || access(parent, W_OK) != 0)
        return (isInside ? real : FileSystem.realPath(parent) ?? parent) + "/" + name
    }

    /// Takes possession of a model's staging folder, which is made if it is missing.
    ///
    /// - Returns: `nil` if another owner has it.
    static func claim(for directory: String) throws(SystemError) -> StagingFolder? {
        let real = FileSystem.realPath(directory) ?? directory
        try FileSystem.createDirectory(Placement.parent(of: real))
        return try claim(at: path(for: real))
    }

    private static func claim(at path: String) throws(SystemError) -> StagingFolder? {
        let file = lockFile(in: path)
        while true {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw SystemError("create the folder", path) }
            let lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard lock >= 0 else {
                let error = SystemError("open", file)
                // The owner before may just have removed the folder. A link is nobody's staging folder.
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
                // Somebody looks (`isOwned`) who is the owner, and is done in a moment.
                close(lock)
            case .ours:
                if FileSystem.isSameFile(lock, file) { return StagingFolder(path: path, lock: lock) }
                close(lock)
            }
        }
    }

    /// Whose a lock is when it has been asked for.
    private enum Ownership {
        case ours, others, none

        init(taking lock: Int32) {
            // Without any lock (some network file systems have none) one process must do.
            if flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK {
                self = .ours
            } else {
                self = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK ? .others : .none
            }
        }
    }

    /// Deletes the staging folders in a folder that nobody owns, but those of some models.
    ///
    /// Ours is a folder of this user with a staging folder's name and a lock in it.
    /// - Parameters:
    ///   - folder: Where to look; not in the folders in it.
    ///   - directories: The models' directories whose staging folders stay.
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

    /// Whether somebody, in this process or another, owns a model's staging folder now.
    static func isOwned(for directory: String) -> Bool {
        let lock = open(lockFile(in: path(for: directory)), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0 else { return false }
        defer { close(lock) }
        // A shared lock: two who only look do not take one another for an owner.
        return flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// What has arrived of a model that somebody is fetching, or that was cut off.
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

    /// Deletes what is not worth keeping for a later run: all but the partial download.
    func tidy() throws(SystemError) {
        try FileSystem.remove(unpacked)
    }

    /// Deletes the folder with all that is in it; the lock goes last. If the system refuses, the next owner is told.
    consuming func remove() {
        guard (try? FolderRemoval.empty(path, except: Self.lockName)) != nil else { return }
        unlink(Self.lockFile(in: path))
        rmdir(path)
    }
}

extension String {
    /// As many whole characters from the start as fit into a number of bytes.
    fileprivate func prefix(upToBytes limit: Int) -> String {
        var text = ""
        for character in self {
            guard text.utf8.count + character.utf8.count <= limit else { break }
            text.append(character)
        }
        return text
    }
}
