/// Parses the pages of an Ogg file (RFC 3533): finds where its links begin, and which pages are damaged or missing.
struct OggPages: ChainedStructure {
    private var starts: [Int64] = [0]
    private let end: Int64
    private(set) var damage = 0

    var recordings: [Range<Int64>] { Self.ranges(from: starts, to: end) }

    private static let capture = Array("OggS".utf8)
    private static let headSize = 27

    /// Parses all pages of a file that begins with one.
    init(in file: InputFile) {
        end = Trailer.start(in: file)
        var window = ByteWindow(of: file)
        var following: [UInt32: UInt32] = [:]  // by stream: the expected number of its next page, once it has audio
        var linkHasSound = false
        var offset: Int64 = 0
        while offset < end {
            guard let page = Page(at: offset, in: &window), page.isSound else {
                damage += 1
                following = [:]
                guard let next = window.next(Self.capture, from: offset + 1) else { return }
                offset = next
                continue
            }
            if page.beginsStream {
                if linkHasSound, starts.count < FileLayout.maximumParts {
                    starts.append(offset)
                    following = [:]
                    linkHasSound = false
                }
            } else {
                linkHasSound = true
                if let number = following[page.stream], number != page.number { damage += 1 }
                // A stream that was joined midway begins with its headers; the page after them has any number.
                if page.granule != 0 { following[page.stream] = page.number &+ 1 }
            }
            offset += page.size
        }
    }

    private struct Page {
        let size: Int64
        let beginsStream: Bool
        let granule: UInt64
        let stream: UInt32
        let number: UInt32
        /// Whether the checksum is correct.
        let isSound: Bool

        /// `nil` if there is no complete page.
        init?(at offset: Int64, in window: inout ByteWindow) {
            let head = Array(window.read(at: offset, count: OggPages.headSize))
            guard head.count == OggPages.headSize, head.starts(with: OggPages.capture) else { return nil }
            let lengths = window.read(at: offset + Int64(head.count), count: Int(head[26]))
            let size = head.count + lengths.count + lengths.reduce(0) { $0 + Int($1) }
            var bytes = Array(window.read(at: offset, count: size))
            guard bytes.count == size, lengths.count == Int(head[26]) else { return nil }
            self.size = Int64(size)
            beginsStream = head[5] & 2 != 0
            granule = UInt64(littleEndian: head[6..<14])
            stream = UInt32(littleEndian: head[14..<18])
            number = UInt32(littleEndian: head[18..<22])
            bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
            isSound = OggPages.checksum(of: bytes) == UInt32(littleEndian: head[22..<26])
        }
    }

    /// CRC-32 with the polynomial 0x04C11DB7, neither reflected nor inverted (RFC 3533, section 6).
    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        bytes.reduce(0) { $0 << 8 ^ table[Int($0 >> 24 ^ UInt32($1))] }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte) << 24) { sum, _ in sum & 0x8000_0000 == 0 ? sum << 1 : sum << 1 ^ 0x04C1_1DB7 }
    }
}

extension FixedWidthInteger {
    /// Reads a number from all bytes, the least significant first.
    init(littleEndian bytes: some BidirectionalCollection<UInt8>) {
        self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }

    /// Reads a number from all bytes, the most significant first.
    init(bigEndian bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
