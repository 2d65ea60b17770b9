/// A range of a file that a demuxer reads: one recording, with a header that may replace the file's own.
///
/// A class because FFmpeg's callbacks share it with its Swift owner.
final class Excerpt {
    private let file: InputFile
    private let header: [UInt8]
    private let range: Range<Int64>
    private var position: Int64 = 0

    /// Reads `header`, then the bytes of the file in `range`, which must be within the file.
    init(of file: InputFile, _ range: Range<Int64>, behind header: [UInt8] = []) {
        self.file = file
        self.header = header
        self.range = range
    }

    /// The whole file.
    convenience init(of file: InputFile) {
        self.init(of: file, 0..<file.size)
    }

    /// A copy with its own position, at the beginning.
    func again() -> Excerpt { Excerpt(of: file, range, behind: header) }

    /// The size in bytes.
    var size: Int64 { Int64(header.count) + Int64(range.count) }

    /// Reads from the current position.
    ///
    /// - Returns: The number of bytes, 0 at the end, or the negated `errno`.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = read(at: position, into: buffer)
        if count > 0 { position += Int64(count) }
        return count
    }

    /// Sets the position.
    ///
    /// - Returns: Whether the offset is valid.
    func move(to offset: Int64) -> Bool {
        guard offset >= 0 else { return false }
        position = offset
        return true
    }

    /// Moves the position forwards or back.
    func move(by distance: Int64) -> Bool {
        let (offset, overflow) = position.addingReportingOverflow(distance)
        return !overflow && move(to: offset)
    }

    /// The position of the next read.
    var offset: Int64 { position }

    /// Bytes at an offset; fewer than `count` at the end or if reading fails.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        Array(unsafeUninitializedCapacity: count) { buffer, filled in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            while filled < count {
                let added = read(
                    at: offset + Int64(filled), into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
                guard added > 0 else { break }
                filled += added
            }
        }
    }

    private func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if offset < header.count {
            let part = header[Int(offset)...].prefix(buffer.count)
            buffer.copyBytes(from: part)
            return part.count
        }
        let inside = offset - Int64(header.count)
        let count = min(Int64(buffer.count), Int64(range.count) - inside)
        guard count > 0 else { return 0 }
        return file.read(
            at: range.lowerBound + inside, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)]))
    }
}
