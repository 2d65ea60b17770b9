import Essentials

/// Notices when somebody has edited a file, by looking at it again and again: that works on every file system and with
/// every editor, be it that it writes in place or renames.
public struct RegistryWatch: Sendable {
    private struct Stamp: Equatable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private let file: String
    private var last: Stamp?
    /// A change that was seen once: it counts when it looks the same again, so that half a file is not read.
    private var fresh: Stamp??

    /// How long to wait between two looks.
    public static let interval = Duration.milliseconds(500)

    /// Begins with the file as it is now.
    public init(_ file: String) {
        self.file = file
        last = Self.stamp(of: file)
    }

    /// Looks once.
    ///
    /// - Returns: Whether the file is another than when this was last true, and no longer changing.
    public mutating func look() -> Bool {
        let now = Self.stamp(of: file)
        guard now != last else {
            fresh = nil
            return false
        }
        guard let fresh, fresh == now else {
            fresh = .some(now)
            return false
        }
        last = now
        self.fresh = nil
        return true
    }

    private static func stamp(of file: String) -> Stamp? {
        var status = stat()
        guard stat(file, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Stamp(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
            size: Int64(status.st_size), seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }
}
