import Crypto
import Foundation

/// A file that is being written as it arrives; counted and hashed on the way.
struct IncomingFile: ~Copyable {
    /// The bytes written so far.
    private(set) var size: Int64 = 0
    private let path: String
    private let descriptor: Int32
    private var hasher = SHA256()

    /// Creates the file; nothing may be there yet.
    init(creating path: String) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("create", path) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Writes the next bytes.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        hasher.update(bufferPointer: bytes)
        size += Int64(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw SystemError("write to", path) }
            rest = rest.dropFirst(written)
        }
    }

    /// Makes sure that the bytes are on the disk.
    ///
    /// - Returns: Their SHA-256 as 64 lower-case hex digits.
    consuming func finish() throws(SystemError) -> String {
        guard fsync(descriptor) == 0 else { throw SystemError("save", path) }
        return hasher.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
