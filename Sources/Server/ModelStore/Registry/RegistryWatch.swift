import Essentials

/// Detects changes of a file by polling. This works on every file system and with every editor, whether it writes in
/// place or renames.
package struct RegistryWatch: Sendable {
    private struct Stamp: Equatable {
        var device, inode: UInt64
        var size: Int64
        var seconds, nanoseconds: Int
    }

    private let file: String
    private var last: Stamp?
    /// A change that was seen once. It counts if it is still the same at the next look: half a file must not be read.
    private var fresh: Stamp??

    /// How long to wait between two looks.
    package static let interval = Duration.milliseconds(500)

    /// Starts with the current state of the file.
    package init(_ file: String) {
        self.file = file
        last = Self.stamp(of: file)
    }

    /// Checks the file once.
    ///
    /// - Returns: Whether the file differs from its last reported state, and is no longer changing.
    package mutating func look() -> Bool {
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
