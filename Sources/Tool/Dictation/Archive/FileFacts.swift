import Essentials
import SystemPackage

/// The version of a file: a changed file has another one.
struct FileStamp: Hashable, Codable, Sendable {
    /// In bytes.
    var size: Int64
    /// When it was last modified, in nanoseconds since 1970.
    var modified: Int64
}

/// A file or folder, whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    fileprivate init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

/// What the system says about a path.
struct FileFacts: Sendable {
    enum Kind { case file, folder, other }

    let kind: Kind
    let stamp: FileStamp
    let identity: FileIdentity
}

extension FileFacts {
    /// Asks about a path, encoded as `SystemName`.
    init(_ path: String, followsLinks: Bool = true) throws(Errno) {
        var status = stat()
        let name = SystemName.cString(path)
        guard (followsLinks ? stat(name, &status) : lstat(name, &status)) == 0 else { throw Errno(rawValue: errno) }
        self.init(status)
    }

    init(_ descriptor: FileDescriptor) throws(Errno) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        stamp = FileStamp(
            size: Int64(status.st_size),
            modified: Int64(time.tv_sec).multipliedClamped(by: 1_000_000_000).addingClamped(Int64(time.tv_nsec)))
        identity = FileIdentity(status)
    }
}
