import Essentials

/// Deletes the contents of a folder: folders of any depth, read-only folders, names that are not UTF-8.
///
/// Only one folder is open at a time, and each is opened from its parent. So neither the length of a path nor the
/// number of open files is a limit, and no link is followed.
struct FolderRemoval: ~Copyable {
    /// A file's name in the system's form, with the zero at its end.
    private typealias Name = [CChar]

    /// A folder on the path from the first one to the open one.
    private struct Level {
        /// Its name in its parent.
        let name: Name
        let identity: Identity
        /// Its subfolders that are still to be deleted.
        var folders: [Name]
    }

    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    private let path: String
    private var open: Int32
    private var way: [Level] = []

    /// Deletes the contents of a folder.
    ///
    /// - Parameters:
    ///   - path: A folder, not a link to one.
    ///   - kept: A file in the folder that stays.
    /// - Throws: `SystemError` if something cannot be deleted; earlier deletions remain.
    static func empty(_ path: String, except kept: String? = nil) throws(SystemError) {
        var removal = try FolderRemoval(path)
        try removal.arrive(as: [], keeping: kept)
        while try removal.goOn() {}
    }

    private init(_ path: String) throws(SystemError) {
        self.path = path
        if FileSystem.isRealDirectory(path) { chmod(path, S_IRWXU) }
        open = openat(AT_FDCWD, path, Self.flags)
        guard open >= 0 else { throw SystemError("open the folder", path) }
    }

    deinit {
        close(open)
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// Takes one step: into a remaining subfolder, or out of an empty folder, which is deleted.
    ///
    /// - Returns: `false` if the first folder is empty.
    private mutating func goOn() throws(SystemError) -> Bool {
        if let next = way[way.count - 1].folders.popLast() {
            // The folder may lack permission to be read or changed.
            fchmodat(open, next, S_IRWXU, 0)
            try move(to: openat(open, next, Self.flags))
            try arrive(as: next)
            return true
        }
        guard way.count > 1 else { return false }
        let emptied = way.removeLast()
        try move(to: openat(open, "..", Self.flags))
        guard try identity() == way[way.count - 1].identity else {
            throw SystemError("delete", path, reason: "somebody moves the folders in it")
        }
        guard unlinkat(open, emptied.name, AT_REMOVEDIR) == 0 else { throw SystemError("delete a folder in", path) }
        return true
    }

    private mutating func move(to descriptor: Int32) throws(SystemError) {
        guard descriptor >= 0 else { throw SystemError("open a folder in", path) }
        close(open)
        open = descriptor
    }

    /// Deletes everything except subfolders in the open folder, and adds it to `way`.
    private mutating func arrive(as name: Name, keeping kept: String? = nil) throws(SystemError) {
        var folders: [Name] = []
        for name in try names() where name != kept.map({ Array($0.utf8CString) }) {
            if unlinkat(open, name, 0) == 0 || errno == ENOENT { continue }
            // If it is a folder, Linux returns EISDIR, and POSIX EPERM.
            guard [EISDIR, EPERM].contains(errno) else { throw SystemError("delete a file in", path) }
            folders.append(name)
        }
        way.append(Level(name: name, identity: try identity(), folders: folders))
    }

    private func names() throws(SystemError) -> [Name] {
        let descriptor = openat(open, ".", Self.flags)
        guard let stream = fdopendir(descriptor) else {
            let error = SystemError("read a folder in", path)
            if descriptor >= 0 { close(descriptor) }
            throw error
        }
        defer { closedir(stream) }
        var names: [Name] = []
        while let entry = readdir(stream) {
            // The record may end right after the name, so it must not be copied as a whole.
            let start = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
            let text = start.assumingMemoryBound(to: CChar.self)
            let name = Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1))
            if name != Array(".".utf8CString), name != Array("..".utf8CString) { names.append(name) }
        }
        return names
    }

    private func identity() throws(SystemError) -> Identity {
        var status = stat()
        guard fstat(open, &status) == 0 else { throw SystemError("look at a folder in", path) }
        return Identity(device: status.st_dev, inode: status.st_ino)
    }
}

extension FileSystem {
    /// Deletes a file, or a folder with its contents; does nothing if the path does not exist.
    static func remove(_ path: String) throws(SystemError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard isRealDirectory(path) else { throw SystemError("delete", path) }
        try FolderRemoval.empty(path)
        guard rmdir(path) == 0 else { throw SystemError("delete the folder", path) }
    }
}
