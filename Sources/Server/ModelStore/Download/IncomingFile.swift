import Crypto
import Essentials

/// A file that is counted and hashed while it is written. It has one user at a time.
final class IncomingFile {
    /// The bytes in the file so far.
    private(set) var size: Int64 = 0
    private let path: String
    private let descriptor: Int32
    private var hasher = SHA256()

    /// Opens the file, or makes it if it is missing; existing content is read and counts.
    init(continuing path: String) throws(SystemError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        self.path = path
        self.descriptor = descriptor
        try readWhatIsThere()
    }

    deinit {
        close(descriptor)
    }

    /// Writes the next bytes.
    func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw SystemError("write to", path) }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: rest.prefix(written)))
            size += Int64(written)
            rest = rest.dropFirst(written)
        }
    }

    /// Flushes the file to disk.
    ///
    /// - Returns: Its SHA-256 as 64 lower-case hex digits.
    func finish() throws(SystemError) -> String {
        guard fsync(descriptor) == 0 else { throw SystemError("save", path) }
        return hasher.finalize().hexadecimal
    }

    private func readWhatIsThere() throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path) }
            guard count > 0 else { return }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
            size += Int64(count)
        }
    }
}
