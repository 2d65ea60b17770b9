/// A range of a file that a demuxer reads: one recording, with a header that may replace the file's own. A class
/// because FFmpeg's callbacks share it with its Swift owner.
final class Excerpt {
    /// The offset of the next `read(into:)`; not negative.
    var position: Int64 = 0

    private let file: InputFile
    private let header: [UInt8]
    private let range: Range<Int64>

    /// Reads `header`, then the bytes of the file in `range`, which must be within the file.
    init(of file: InputFile, _ range: Range<Int64>, behind header: [UInt8] = []) {
        self.file = file
        self.header = header
        self.range = range
    }

    /// A copy with its own position, at the beginning.
    func again() -> Excerpt { Excerpt(of: file, range, behind: header) }

    var size: Int64 { Int64(header.count) + Int64(range.count) }

    /// Reads from the current position; returns the number of bytes, 0 at the end, or the negated `errno`.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if position < header.count {
            let part = header[Int(position)...].prefix(buffer.count)
            buffer.copyBytes(from: part)
            position += Int64(part.count)
            return part.count
        }
        let inside = position - Int64(header.count)
        let wanted = min(Int64(buffer.count), Int64(range.count) - inside)
        guard wanted > 0 else { return 0 }
        let count = file.read(
            at: range.lowerBound + inside, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(wanted)]))
        position += Int64(max(0, count))
        return count
    }

    /// Bytes at an offset; fewer than `count` at the end or if reading fails.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        let head = header.dropFirst(Int(clamping: offset)).prefix(count)
        let start = max(0, offset - Int64(header.count))
        let rest = max(0, min(Int64(count - head.count), Int64(range.count) - start))
        return head + file.bytes(at: range.lowerBound + start, count: Int(rest))
    }
}
