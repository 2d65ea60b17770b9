import CProcess
import Crypto
import Essentials

/// The error of an edit of a file.
enum FileEditError: Error {
    /// The editor of the content refused.
    case refused(RegistryEditError)
    /// This file or folder may not be changed.
    case readOnly(String)
    /// The file is a mount point, as a single file that is mounted into a container.
    case mounted
    /// Other programs do not stop changing the file, or another process holds the lock.
    case busy
    case system(SystemError)
}

/// A file that other programs may change at any time, by renaming another file over it or by writing into it.
///
/// The new file is swapped with the old one. Then the old one is examined: if it is not what was read before, somebody else
/// was faster; the files are swapped back, and the edit begins anew. In between, the new file's name says what is going on,
/// so that the next process can finish the work of one that was killed.
struct ContestedFile {
    /// The absolute path, without links.
    let path: String
    /// How long other programs may hold the lock, or have the file open for writing.
    var patience = EditPatience()

    private static let attempts = 1000

    private var folder: String { FileSystem.parent(of: path) }
    private var marker: String { ".\(path.split(separator: "/").last ?? "").asr2clip-" }

    /// Replaces the content by what `change` makes of it. Blocks. `change` may be called several times.
    func edit(_ change: (Data) throws(FileEditError) -> Data) throws(FileEditError) {
        let lock: FolderLock?
        do throws(SystemError) { lock = try FolderLock.take(folder, patience) } catch { throw .system(error) }
        guard let lock else { throw .busy }
        defer { lock.release() }
        tidyLocked()
        for _ in 0..<Self.attempts {
            let before = try content(of: path)
            let new = try change(before.data)
            if try replace(before, by: new) { return }
            guard !patience.isOver else { break }
        }
        throw .busy
    }

    /// Finishes the work of processes that were killed.
    func tidy() {
        guard leftovers.count > 0, let lock = try? FolderLock.take(folder, EditPatience(.zero)) else { return }
        defer { lock.release() }
        tidyLocked()
    }

    // MARK: One attempt

    /// Replaces the file, unless it is no longer what it was `before`; then returns `false`.
    private func replace(_ before: SettledFile, by new: Data) throws(FileEditError) -> Bool {
        for place in [path, folder] where !Self.isWritable(place) { throw .readOnly(place) }
        let (stage, inode) = try stage(new, like: before)
        var isDone = false
        defer { if !isDone { unlink(stage) } }
        guard asr_exchange(stage, path) == 0 else {
            switch errno {
            case ENOENT: return false
            case EBUSY: throw .mounted
            case EACCES, EPERM, EROFS: throw .readOnly(path)
            case EINVAL, ENOSYS, ENOTSUP: return try replaceByRename(stage, before)
            default: throw .system(SystemError("replace", path))
            }
        }
        // From here on, the stage is what was in the place.
        if (try? content(of: stage))?.data == before.data {
            FileSystem.sync(folder: folder)
            return true
        }
        isDone = true
        try putBack(stage, inode: inode, new)
        return false
    }

    /// Swaps a faster edit back into its place. What comes out must be our own file; if it is not, somebody has saved an even
    /// newer one, which stays. If the files cannot be swapped, the edit that is out of its place stays under another name.
    func putBack(_ stage: String, inode: ino_t, _ new: Data) throws(FileEditError) {
        var isSwapped = asr_exchange(stage, path) == 0
        if isSwapped {
            let out = try? content(of: stage)
            if out?.status.st_ino != inode || out?.data != new { isSwapped = asr_exchange(stage, path) == 0 }
        }
        guard !isSwapped else {
            unlink(stage)
            return
        }
        let reason = SystemReason.words(for: errno)
        let saved = save(stage, inode: inode)
        throw .system(SystemError("put an edit back into", path, reason: "\(reason); it is in \(saved)"))
    }

    /// Keeps an edit that cannot be put in place under another name, which is returned.
    private func save(_ stage: String, inode: ino_t) -> String {
        let saved = path + ".saved-\(inode)"
        return rename(stage, saved) == 0 ? saved : stage
    }

    /// Where files cannot be swapped, the last look is right before the rename.
    private func replaceByRename(_ stage: String, _ before: SettledFile) throws(FileEditError) -> Bool {
        let now = try content(of: path)
        guard now.data == before.data, now.status.st_ino == before.status.st_ino else { return false }
        guard rename(stage, path) == 0 else { throw .system(SystemError("replace", path)) }
        FileSystem.sync(folder: folder)
        return true
    }

    /// Writes the new file under a name that says which file it is and what it is to replace.
    private func stage(_ new: Data, like before: SettledFile) throws(FileEditError) -> (stage: String, inode: ino_t) {
        let draft = folder + "/" + marker + "new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if [EACCES, EPERM, EROFS].contains(errno) { throw .readOnly(folder) }
            throw .system(SystemError("create", draft))
        }
        defer { close(descriptor) }
        var isWhole = false
        defer { if !isWhole { unlink(draft) } }
        var status = stat()
        guard new.withUnsafeBytes({ FileSystem.writeAll($0, to: descriptor) }) else {
            throw .system(SystemError("write", draft))
        }
        // Only root may give a file away, and a member of the group keep the group.
        if fchown(descriptor, before.status.st_uid, before.status.st_gid) != 0 {
            fchown(descriptor, uid_t.max, before.status.st_gid)
        }
        guard fchmod(descriptor, before.status.st_mode & 0o7777) == 0, fsync(descriptor) == 0,
            fstat(descriptor, &status) == 0
        else { throw .system(SystemError("write", draft)) }
        let name = "\(status.st_ino)-\(Self.digest(before.data))-\(Self.digest(new))"
        let stage = folder + "/" + marker + name
        guard rename(draft, stage) == 0 else { throw .system(SystemError("rename", draft)) }
        isWhole = true
        return (stage, status.st_ino)
    }

    // MARK: Reading

    private func content(of path: String) throws(FileEditError) -> SettledFile {
        let content: SettledFile?
        do throws(SystemError) {
            content = try SettledFile.read(path, patience)
        } catch {
            throw .system(error)
        }
        guard let content else { throw .busy }
        return content
    }

    // MARK: Leftovers

    private var leftovers: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(marker) }
    }

    private func tidyLocked() {
        for name in leftovers { settle(name) }
    }

    /// Deletes a leftover if it is our own new file or the file that it has replaced. If it is an edit that was swapped out,
    /// it is swapped back; if the file in the place has been edited since, it stays under another name.
    private func settle(_ name: String) {
        let stage = folder + "/" + name
        let parts = name.dropFirst(marker.count).split(separator: "-")
        guard parts.count == 3, let inode = ino_t(parts[0]) else {
            if parts == ["new"] { unlink(stage) }
            return
        }
        guard let left = try? content(of: stage) else { return }
        if left.status.st_ino == inode || Self.digest(left.data) == parts[1] {
            unlink(stage)
        } else if let now = try? content(of: path), now.status.st_ino == inode, Self.digest(now.data) == parts[2] {
            if asr_exchange(stage, path) == 0 { unlink(stage) }
        } else {
            _ = save(stage, inode: inode)
        }
    }

    private static func digest(_ data: Data) -> String { String(SHA256.hash(data: data).hexadecimal.prefix(32)) }

    // MARK: System calls

    /// Whether a file or folder may be changed. One whose mode has no permission to write is meant to stay, even if root
    /// could change it.
    private static func isWritable(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return true }
        return status.st_mode & 0o222 != 0 && access(path, W_OK) == 0
    }
}
