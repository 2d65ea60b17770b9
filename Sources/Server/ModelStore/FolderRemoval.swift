import Essentials

/// Deletes what is in a folder, whatever that is: folders of any depth, read-only folders, names that are not UTF-8.
///
/// One folder is open at a time, and each is reached from the one around it. So neither the length of a path nor the number
/// of open files is a limit, and no link is followed.
struct FolderRemoval: ~Copyable {
    /// A file's name as the system has it, with the zero at its end.
    private typealias Name = [CChar]

    /// A folder on the way from the first one to the open one.
    private struct Level {
        /// What it is called in the one around it.
        let name: Name
        let identity: Identity
        /// The folders in it that are still to be deleted.
        var folders: [Name]
    }

    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    private let path: String
    private var open: Int32
    private var way: [Level] = []

    /// Deletes all that is in a folder.
    ///
    /// - Parameters:
    ///   - path: A folder, not a link to one.
    ///   - kept: A file in the folder that stays.
    /// - Throws: `SystemError` if something cannot be deleted; what was deleted before is gone.
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

    /// Takes a step: into a folder that is left, else out of the empty one.
    ///
    /// - Returns: `false` if the first folder is empty.
    private mutating func goOn() throws(SystemError) -> Bool {
        if let next = way[way.count - 1].folders.popLast() {
            // It may neither be read nor be changed.
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

    /// Deletes all but the folders in the one that is open, which is the next on the way.
    private mutating func arrive(as name: Name, keeping kept: String? = nil) throws(SystemError) {
        var folders: [Name] = []
        for name in try names() where name != kept.map({ Array($0.utf8CString) }) {
            if unlinkat(open, name, 0) == 0 || errno == ENOENT { continue }
            // Linux says that it is a folder, POSIX that this is not permitted.
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
            // The record may end soon after the name: it must not be copied as a whole.
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
    /// Deletes what is at the path, be it a folder with all that is in it; fine if nothing is.
    static func remove(_ path: String) throws(SystemError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard isRealDirectory(path) else { throw SystemError("delete", path) }
        try FolderRemoval.empty(path)
        guard rmdir(path) == 0 else { throw SystemError("delete the folder", path) }
    }
}
