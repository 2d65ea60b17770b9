#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A regular file, open for reading; the descriptor is closed when the object is released.
final class InputFile {
    /// Bytes in the file when it was opened.
    let size: Int64
    /// Bytes read in total. Tests use it to check that a parser reads a file a few times, and not for each frame.
    private(set) var bytesRead = 0
    private let descriptor: Int32

    init(path: String) throws(AudioDecodeFailure) {
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

    /// Bytes at an offset; fewer than `count` at the end of the file or if reading fails.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        Array(unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, read(at: offset, into: UnsafeMutableRawBufferPointer(buffer)))
        }
    }

    /// Fills a buffer from an offset in the file.
    ///
    /// - Returns: The number of bytes, 0 at the end of the file, or the negated `errno`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 {
                bytesRead += count
                return count
            }
            if errno != EINTR { return -Int(errno) }
        }
    }
}
