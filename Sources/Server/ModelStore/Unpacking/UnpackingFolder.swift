import EngineLink
import Essentials

/// A folder into which an untrusted archive is unpacked. It is accessed by its descriptor, and each path in it
/// component by component without following links. So nothing is made outside, whatever links exist inside.
///
/// A later entry replaces an earlier one of the same name, except a folder that is not empty.
struct UnpackingFolder: ~Copyable {
    private let root: Directory
    private let path: String

    /// Opens the folder, whose path must have no links.
    init(_ path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open the folder", path) }
        root = Directory(owning: descriptor)
        self.path = path
    }

    func makeFolder(_ path: RelativePath) throws {
        let (parent, name) = try parent(of: path)
        guard mkdirat(parent.descriptor, name, 0o755) != 0, parent.kind(of: name) != S_IFDIR else { return }
        try replacing(name, in: parent, at: path, "create the folder") { mkdirat(parent.descriptor, name, 0o755) }
    }

    func makeFile(_ path: RelativePath) throws -> UnpackedFile {
        let (parent, name) = try parent(of: path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = try replacing(name, in: parent, at: path, "create") {
            openat(parent.descriptor, name, flags, 0o644)
        }
        return UnpackedFile(owning: descriptor, path: full(path))
    }

    /// Opens an existing file, and empties it.
    func openFile(_ path: RelativePath) throws -> UnpackedFile {
        let (parent, name) = try parent(of: path)
        let descriptor = openat(parent.descriptor, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        return UnpackedFile(owning: descriptor, path: full(path))
    }

    /// Makes a symbolic link. The caller checks its target.
    func makeLink(_ path: RelativePath, to target: String) throws {
        let (parent, name) = try parent(of: path)
        try replacing(name, in: parent, at: path, "create") { symlinkat(target, parent.descriptor, name) }
    }

    /// Makes a hard link to a file in this folder.
    func makeHardLink(_ path: RelativePath, to target: RelativePath) throws {
        let (source, original) = try parent(of: target)
        guard let file = source.status(of: original) else { throw failure("open", target) }
        let (parent, name) = try parent(of: path)
        if let there = parent.status(of: name), there.st_ino == file.st_ino, there.st_dev == file.st_dev { return }
        try replacing(name, in: parent, at: path, "create") {
            linkat(source.descriptor, original, parent.descriptor, name, 0)
        }
    }

    /// Makes something, replacing what has its name.
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

    /// The parent folder of a path; missing folders are made.
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

    /// Describes the call that failed last.
    private func failure(_ action: String, _ path: RelativePath) -> FetchError {
        FetchError("Cannot unpack the archive: \(SystemError(action, full(path)))")
    }
}

private final class Directory {
    let descriptor: CInt

    init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Opens a subfolder; `nil` if there is none of this name, or it is a link.
    func open(_ name: String) -> Directory? {
        let opened = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return opened >= 0 ? Directory(owning: opened) : nil
    }

    /// The status of a name in this folder; links are not followed.
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

    /// Takes ownership of an empty file.
    init(owning descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Writes a piece; a gap after the previous one becomes a hole.
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

    /// Sets the file's length, because it may end with a hole.
    func finish(size: Int64) throws(SystemError) {
        guard size > end else { return }
        while ftruncate(descriptor, off_t(size)) != 0 {
            guard errno == EINTR else { throw SystemError("write to", path) }
        }
    }
}
