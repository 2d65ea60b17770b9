import Essentials
import NIOCore

/// Searches for the delimiter between parts (CR LF, two hyphens, the boundary) in a body that arrives in chunks.
///
/// CR occurs only at the start of the delimiter. So the search jumps from CR to CR and compares no byte twice, and if a
/// chunk ends within a possible delimiter, only the number of matched bytes has to be kept.
struct BoundarySearch: Sendable {
    /// What a chunk begins with.
    enum Find {
        /// Bytes before any delimiter; empty if a possible delimiter turned out to be none.
        case data(ByteBuffer)
        /// The whole delimiter, or the end of it.
        case delimiter
        /// A part of a possible delimiter; the chunk is used up.
        case needsMore
    }

    private let delimiter: ByteBuffer
    private var matched = Self.lineEnd
    /// How many of the matched bytes are not data if the match fails.
    private var implied = Self.lineEnd
    private static let lineEnd = 2

    init(boundary: String) { delimiter = ByteBuffer(string: "\r\n--" + boundary) }

    /// Restarts at the beginning of a line: the delimiter's CR LF counts as found.
    mutating func startLine() { (matched, implied) = (Self.lineEnd, Self.lineEnd) }

    /// Takes the beginning of a chunk. Data are slices of the chunk, except for bytes that looked like a delimiter.
    mutating func take(from chunk: inout ByteBuffer) -> Find {
        if matched > 0 {
            let length = min(delimiter.readableBytes - matched, chunk.readableBytes)
            let expected = slice(matched..<matched + length).readableBytesView
            guard chunk.readableBytesView.prefix(length).elementsEqual(expected) else {
                defer { (matched, implied) = (0, 0) }
                return .data(slice(implied..<matched))
            }
            chunk.moveReaderIndex(forwardBy: length)
            matched += length
        } else {
            let (before, length) = firstMatch(in: chunk)
            if before > 0, let data = chunk.readSlice(length: before) { return .data(data) }
            chunk.moveReaderIndex(forwardBy: length)
            matched = length
        }
        return matched == delimiter.readableBytes ? .delimiter : .needsMore
    }

    /// The two hyphens and the boundary, for messages.
    var boundaryLine: String { slice(Self.lineEnd..<delimiter.readableBytes).readableBytesView.asText }

    /// How many bytes precede the delimiter, and how many of its bytes follow: fewer than all at the chunk's end.
    private func firstMatch(in chunk: ByteBuffer) -> (before: Int, matched: Int) {
        chunk.withUnsafeReadableBytes { haystack in
            delimiter.withUnsafeReadableBytes { needle in
                var position = 0
                while let start = Self.firstCR(in: haystack, from: position) {
                    let limit = min(needle.count, haystack.count - start)
                    var length = 1
                    while length < limit, haystack[start + length] == needle[length] { length += 1 }
                    if length == limit { return (start, length) }
                    position = start + length
                }
                return (haystack.count, 0)
            }
        }
    }

    private static func firstCR(in bytes: UnsafeRawBufferPointer, from position: Int) -> Int? {
        guard position < bytes.count, let base = bytes.baseAddress else { return nil }
        // Checking the first byte saves a call of `memchr` for each byte if the data are full of line ends.
        guard bytes[position] != UInt8(ascii: "\r") else { return position }
        let found = memchr(base + position, CInt(UInt8(ascii: "\r")), bytes.count - position)
        return found.map { UnsafeRawPointer($0) - base }
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        delimiter.getSlice(at: delimiter.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
