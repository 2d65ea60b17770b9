import EngineLink
import Essentials

/// A folder that a stranger's archive is unpacked into. It is reached by its descriptor and every path in it step by step, and
/// no step follows a link: nothing is made outside, whatever links have been made inside.
///
/// A later entry takes the place of an earlier one of the same name, but a folder that is not empty stays.
struct UnpackingFolder: ~Copyable {
    private let root: Directory
    private let path: String

    /// Opens the folder: a path with no link in it.
    init(_ path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open the folder", path) }
        root = Directory(owning: descriptor)
        self.path = path
    }

    /// Makes a folder, unless it is there.
    func makeFolder(_ path: RelativePath) throws {
        let (parent, name) = try parent(of: path)
        guard mkdirat(parent.descriptor, name, 0o755) != 0, parent.kind(of: name) != S_IFDIR else { return }
        try replacing(name, in: parent, at: path, "create the folder") { mkdirat(parent.descriptor, name, 0o755) }
    }

    /// Makes an empty file.
    func makeFile(_ path: RelativePath) throws -> UnpackedFile {
        let (parent, name) = try parent(of: path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = try replacing(name, in: parent, at: path, "create") {
            openat(parent.descriptor, name, flags, 0o644)
        }
        return UnpackedFile(owning: descriptor, path: full(path))
    }

    /// Opens a file that is there, and empties it.
    func openFile(_ path: RelativePath) throws -> UnpackedFile {
        let (parent, name) = try parent(of: path)
        let descriptor = openat(parent.descriptor, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        return UnpackedFile(owning: descriptor, path: full(path))
    }

    /// Makes a symbolic link. Where it leads is its maker's business.
    func makeLink(_ path: RelativePath, to target: String) throws {
        let (parent, name) = try parent(of: path)
        try replacing(name, in: parent, at: path, "create") { symlinkat(target, parent.descriptor, name) }
    }

    /// Makes another name of a file in this folder.
    func makeHardLink(_ path: RelativePath, to target: RelativePath) throws {
        let (source, original) = try parent(of: target)
        guard let file = source.status(of: original) else { throw failure("open", target) }
        let (parent, name) = try parent(of: path)
        if let there = parent.status(of: name), there.st_ino == file.st_ino, there.st_dev == file.st_dev { return }
        try replacing(name, in: parent, at: path, "create") {
            linkat(source.descriptor, original, parent.descriptor, name, 0)
        }
    }

    /// Makes something, in the place of what has its name.
    @discardableResult
    private func replacing(
        _ name: String, in parent: Directory, at path: RelativePath, _ action: String, _ make: () -> CInt
    ) throws -> CInt {
        var result = make()
        if result < 0, errno == EEXIST {
            guard parent.remove(name) else { throw failure("replace", path) }
            result = make()
        }
        guard result >= 0 else { throw failure(action, path) }
        return result
    }

    /// The folder that something is in, with those above it, which are made where they are missing.
    private func parent(of path: RelativePath) throws -> (Directory, name: String) {
        var folder = root
        for (index, name) in path.parts.dropLast().enumerated() {
            let step = path.prefix(index + 1)
            var next = folder.open(name)
            if next == nil {
                guard folder.kind(of: name) != S_IFLNK else {
                    throw FetchError("Cannot unpack the archive: '\(path.text.asLine)' leads through a link.")
                }
                try replacing(name, in: folder, at: step, "create the folder") {
                    mkdirat(folder.descriptor, name, 0o755)
                }
                next = folder.open(name)
            }
            guard let next else { throw failure("open the folder", step) }
            folder = next
        }
        return (folder, path.parts.last ?? ".")
    }

    private func full(_ path: RelativePath) -> String { self.path + "/" + path.text }

    /// Describes what could not be done just now.
    private func failure(_ action: String, _ path: RelativePath) -> FetchError {
        FetchError("Cannot unpack the archive: \(SystemError(action, full(path)))")
    }
}

/// An open folder.
private final class Directory {
    let descriptor: CInt

    init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Opens a folder in this one; `nil` if there is none of this name, or a link.
    func open(_ name: String) -> Directory? {
        let opened = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return opened >= 0 ? Directory(owning: opened) : nil
    }

    /// What has a name in this folder, itself and not what it leads to.
    func status(of name: String) -> stat? {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    func kind(of name: String) -> mode_t? { status(of: name).map { $0.st_mode & S_IFMT } }

    /// Removes a file, a link or an empty folder.
    func remove(_ name: String) -> Bool {
        unlinkat(descriptor, name, kind(of: name) == S_IFDIR ? AT_REMOVEDIR : 0) == 0
    }
}

/// A file that is being unpacked.
final class UnpackedFile {
    private let descriptor: CInt
    private let path: String
    private var end: Int64 = 0

    /// Owns an empty file.
    init(owning descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Writes a piece; what lies between it and the one before is a hole.
    func write(_ block: ArchiveBlock) throws(SystemError) {
        var bytes = block.bytes
        var offset = block.offset
        while bytes.readableBytes > 0 {
            let count = bytes.withUnsafeReadableBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write to", path) }
            bytes.moveReaderIndex(forwardBy: count)
            offset += Int64(count)
        }
        end = offset
    }

    /// Gives the file its length: a hole may be at its end.
    func finish(size: Int64) throws(SystemError) {
        guard size > end else { return }
        while ftruncate(descriptor, off_t(size)) != 0 {
            guard errno == EINTR else { throw SystemError("write to", path) }
        }
    }
}
