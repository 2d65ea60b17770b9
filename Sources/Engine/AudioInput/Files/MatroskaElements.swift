/// Parses the elements of a Matroska or WebM file (RFC 8794 and 9559): finds where recordings begin, and damage.
struct MatroskaElements {
    /// Where recordings begin.
    private(set) var starts: [Int64] = []
    private(set) var damage = 0

    private static let (header, segment, cluster): (UInt32, UInt32, UInt32) = (0x1A45_DFA3, 0x1853_8067, 0x1F43_B675)
    private static let clusterBytes: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]
    private static let known: Set<UInt32> = [
        header, segment, cluster,
        // In a segment: SeekHead, Info, Tracks, Cues, Attachments, Chapters, Tags.
        0x114D_9B74, 0x1549_A966, 0x1654_AE6B, 0x1C53_BB6B, 0x1941_A469, 0x1043_A770, 0x1254_C367,
        // In a cluster: Timestamp, SilentTracks, Position, PrevSize, SimpleBlock, BlockGroup, EncryptedBlock.
        0xE7, 0x5854, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF,
        // Anywhere: Void and CRC-32.
        0xEC, 0xBF,
    ]

    init(in file: InputFile) {
        var offset: Int64 = 0
        while offset < file.size {
            guard let element = Element(at: offset, in: file), Self.known.contains(element.name) else {
                damage += 1
                guard let next = file.next(Self.clusterBytes, from: offset + 1) else { break }
                offset = next
                continue
            }
            if element.name == Self.header, starts.count < FileLayout.maximumParts { starts.append(offset) }
            // Parse the content of segments and clusters even if their stated size is wrong.
            let isEntered = element.name == Self.segment || element.name == Self.cluster
            guard let size = element.size, size <= file.size - element.content else {
                if element.size != nil { damage += 1 }
                guard isEntered else { break }
                offset = element.content
                continue
            }
            offset = isEntered ? element.content : element.content + size
        }
        if starts.isEmpty { starts = [0] }
    }

    private struct Element {
        let name: UInt32
        /// The offset of its content.
        let content: Int64
        /// The size of its content; `nil` if unknown.
        let size: Int64?

        init?(at offset: Int64, in file: InputFile) {
            let bytes = file.peek(at: offset, count: 12)
            guard let first = bytes.first, first >= 0x10 else { return nil }
            let nameLength = first.leadingZeroBitCount + 1
            name = UInt32(bigEndian: bytes.prefix(nameLength))
            let rest = bytes.dropFirst(nameLength)
            guard let second = rest.first, second != 0 else { return nil }
            let sizeLength = second.leadingZeroBitCount + 1
            guard rest.count >= sizeLength else { return nil }
            let allOnes = Int64(1) << (7 * sizeLength) - 1
            let stated = Int64(bigEndian: rest.prefix(sizeLength)) & allOnes
            size = stated == allOnes ? nil : stated
            content = offset + Int64(nameLength + sizeLength)
        }
    }
}
