#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A regular file, open for reading; the descriptor is closed with the object.
///
/// A class because FFmpeg's callbacks share it with its Swift owner.
final class InputFile {
    /// In bytes, when it was opened.
    let size: Int64
    private let descriptor: Int32
    private var position: Int64 = 0

    init(path: String) throws(Refusal) {
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(FFmpegError(-errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(FFmpegError(status.st_mode & S_IFMT == S_IFDIR ? -EISDIR : -ESPIPE))
        }
        self.descriptor = descriptor
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads on from where the last read or `move` ended.
    ///
    /// - Returns: The number of bytes, 0 at the end of the file, or `errno` negated.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = bytes(at: position, into: buffer)
        if count > 0 { position += Int64(count) }
        return count
    }

    /// Sets where the next read begins.
    ///
    /// - Returns: Whether such a place can be.
    func move(to offset: Int64) -> Bool {
        guard offset >= 0 else { return false }
        position = offset
        return true
    }

    /// Moves on by a distance, or back.
    func move(by distance: Int64) -> Bool {
        let (offset, overflow) = position.addingReportingOverflow(distance)
        return !overflow && move(to: offset)
    }

    /// Where the next read begins.
    var offset: Int64 { position }

    /// Some bytes from anywhere; fewer than asked for at the end of the file or when reading fails.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        Array(unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, bytes(at: offset, into: UnsafeMutableRawBufferPointer(buffer)))
        }
    }

    private func bytes(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }
}
