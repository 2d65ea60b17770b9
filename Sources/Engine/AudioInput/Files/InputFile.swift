import Essentials

/// A regular file, open for reading; the descriptor is closed when the object is released.
final class InputFile {
    /// Bytes in the file when it was opened.
    let size: Int64
    /// Bytes read in total. Tests use it to check that a parser reads a file a few times, and not for each frame.
    private(set) var bytesRead = 0
    private let descriptor: Int32
    private var window: (start: Int64, bytes: [UInt8]) = (0, [])

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

    /// Fills a buffer from an offset; returns the number of bytes, 0 at the end of the file, or the negated `errno`.
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

    /// Bytes at an offset, fewer at the end of the file. For small reads that are about in order: few of them reach the
    /// system.
    func peek(at offset: Int64, count: Int) -> ArraySlice<UInt8> {
        if offset < window.start || offset + Int64(count) > window.start + Int64(window.bytes.count) {
            window = (offset, bytes(at: offset, count: max(count, 1 << 16)))
        }
        return window.bytes[Int(offset - window.start)...].prefix(count)
    }

    /// The offset of the pattern's next occurrence, from `offset` on; `nil` if there is none.
    func next(_ pattern: [UInt8], from offset: Int64) -> Int64? {
        var offset = offset
        while offset + Int64(pattern.count) <= size {
            guard peek(at: offset, count: pattern.count).count == pattern.count else { return nil }
            let bytes = window.bytes[Int(offset - window.start)...]
            for index in bytes.startIndex...bytes.endIndex - pattern.count
            where bytes[index] == pattern[0] && bytes[index...].starts(with: pattern) {
                return offset + Int64(index - bytes.startIndex)
            }
            offset += Int64(bytes.count - pattern.count + 1)
        }
        return nil
    }
}

extension FixedWidthInteger {
    /// Reads a number from all bytes, the least significant first.
    init(littleEndian bytes: some BidirectionalCollection<UInt8>) { self.init(bigEndian: bytes.reversed()) }

    /// Reads a number from all bytes, the most significant first.
    init(bigEndian bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
