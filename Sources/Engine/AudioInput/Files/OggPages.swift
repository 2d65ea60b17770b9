/// Parses the pages of an Ogg file (RFC 3533): finds where its links begin, and which pages are damaged or missing.
struct OggPages {
    /// Where recordings begin.
    private(set) var starts: [Int64] = [0]
    /// Where the audio ends, and tags may follow.
    let end: Int64
    private(set) var damage = 0

    private static let capture = Array("OggS".utf8)
    private static let headSize = 27

    init(in file: InputFile) {
        end = Trailer.start(in: file)
        var following: [UInt32: UInt32] = [:]  // by stream: the expected number of its next page, once it has audio
        var linkHasAudio = false
        var offset: Int64 = 0
        while offset < end {
            guard let page = Page(at: offset, in: file), page.isIntact else {
                damage += 1
                following = [:]
                guard let next = file.next(Self.capture, from: offset + 1) else { return }
                offset = next
                continue
            }
            if page.beginsStream {
                if linkHasAudio, starts.count < FileLayout.maximumParts {
                    starts.append(offset)
                    following = [:]
                    linkHasAudio = false
                }
            } else {
                linkHasAudio = true
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
        let isIntact: Bool

        /// `nil` if there is no complete page.
        init?(at offset: Int64, in file: InputFile) {
            let head = Array(file.peek(at: offset, count: OggPages.headSize))
            guard head.count == OggPages.headSize, head.starts(with: OggPages.capture) else { return nil }
            let lengths = file.peek(at: offset + Int64(head.count), count: Int(head[26]))
            let size = head.count + lengths.count + lengths.reduce(0) { $0 + Int($1) }
            var bytes = Array(file.peek(at: offset, count: size))
            guard bytes.count == size, lengths.count == Int(head[26]) else { return nil }
            self.size = Int64(size)
            beginsStream = head[5] & 2 != 0
            granule = UInt64(littleEndian: head[6..<14])
            stream = UInt32(littleEndian: head[14..<18])
            number = UInt32(littleEndian: head[18..<22])
            bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
            isIntact = OggPages.checksum(of: bytes) == UInt32(littleEndian: head[22..<26])
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
