import Essentials

/// The file system queries that the module needs.
enum FileSystem {
    static func isRegularFile(_ path: String) -> Bool { status(path)?.kind == S_IFREG }

    static func isDirectory(_ path: String) -> Bool { status(path)?.kind == S_IFDIR }

    /// Whether there is a directory at the path, not a link to one.
    static func isRealDirectory(_ path: String) -> Bool { ownStatus(path)?.kind == S_IFDIR }

    /// Whether there is a directory of this process's user at the path, not a link to one.
    static func isOwnDirectory(_ path: String) -> Bool {
        isRealDirectory(path) && ownStatus(path)?.st_uid == geteuid()
    }

    /// Whether there is anything at the path, even a dangling link.
    static func isOccupied(_ path: String) -> Bool { ownStatus(path) != nil }

    static func size(_ path: String) -> Int64? { status(path).map { Int64($0.st_size) } }

    /// The size of the file or link at the path, without following links.
    static func ownSize(_ path: String) -> Int64? { ownStatus(path).map { Int64($0.st_size) } }

    /// The disk of the path; `nil` if there is nothing.
    static func device(_ path: String) -> UInt64? { status(path).map { UInt64(truncatingIfNeeded: $0.st_dev) } }

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

    /// The parent folder of a path.
    static func parent(of path: String) -> String {
        let slash = UInt8(ascii: "/")
        let parent = path.utf8.split(separator: slash).dropLast().map { String(Substring($0)) }.joined(separator: "/")
        return path.utf8.first == slash ? "/" + parent : parent
    }

    /// Makes the directory and its parents, unless they exist.
    static func createDirectory(_ path: String) throws(SystemError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SystemError("create the folder", path, reason: SystemReason.words(for: error))
        }
    }

    /// Deletes a file, or a folder with its contents; does nothing if the path does not exist.
    static func remove(_ path: String) throws(SystemError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard isRealDirectory(path) else { throw SystemError("delete", path) }
        try FolderRemoval.empty(path)
        guard rmdir(path) == 0 else { throw SystemError("delete the folder", path) }
    }

    /// Makes renames in a folder survive a power failure, if the file system can.
    static func sync(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Writes all bytes, and calls `wrote` after each write with the part that was written.
    /// - Returns: `false` if the system refuses; `errno` says why.
    static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, wrote: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            wrote(UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        return true
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func ownStatus(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}

extension stat {
    /// The kind of file, such as `S_IFDIR`.
    var kind: mode_t { st_mode & S_IFMT }
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

/// Deletes the contents of a folder: folders of any depth, read-only folders, names that are not UTF-8.
///
/// Only one folder is open at a time, and each is opened from its parent. So neither the length of a path nor the
/// number of open files is a limit, and no link is followed.
struct FolderRemoval: ~Copyable {
    /// A file's name in the system's form, with the zero at its end.
    private typealias Name = [CChar]

    /// A folder on the path from the first one to the open one.
    private struct Level {
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

/// A path that stays below its start: not absolute, without `..`. May be empty, for the start itself.
///
/// Registries and archives name files, which must stay inside their folder. The system splits paths byte by byte, and
/// so does this type: for Swift, a slash followed by a combining accent is not a slash.
struct RelativePath: Equatable {
    let parts: [String]

    /// The path with single slashes, without `.`.
    var text: String { parts.joined(separator: "/") }

    /// Checks a path; `nil` if it is absolute or goes up.
    init?(_ path: String) {
        guard let parts = Self.steps(of: path), !parts.contains("..") else { return nil }
        self.parts = parts
    }

    func prefix(_ count: Int) -> RelativePath { RelativePath(parts: Array(parts.prefix(count))) }

    private init(parts: [String]) {
        self.parts = parts
    }

    /// Whether a link at this path with this target stays inside.
    ///
    /// The target may go up only at its beginning, and no further than the link is deep. The rest of it must be names,
    /// each a real file or a link under the same rule.
    func linkStaysInside(target: String) -> Bool {
        guard !target.isEmpty, let steps = Self.steps(of: target) else { return false }
        let up = steps.prefix { $0 == ".." }.count
        return up < parts.count && !steps.dropFirst(up).contains("..")
    }

    /// The components of a path, without `.`; `nil` if it is absolute or has a zero byte, which ends it for the system.
    private static func steps(of path: String) -> [String]? {
        let bytes = path.utf8
        guard bytes.first != UInt8(ascii: "/"), !bytes.contains(0) else { return nil }
        return bytes.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }
}
