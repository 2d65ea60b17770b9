/// Parses the elements of a Matroska or WebM file (RFC 8794 and 9559): finds where recordings begin, and damage.
struct MatroskaElements: ChainedStructure {
    private var starts: [Int64] = []
    private let end: Int64
    private(set) var damage = 0

    var recordings: [Range<Int64>] { Self.ranges(from: starts, to: end) }

    private static let header: UInt32 = 0x1A45_DFA3
    private static let segment: UInt32 = 0x1853_8067
    private static let cluster: UInt32 = 0x1F43_B675
    private static let clusterBytes: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]
    /// SeekHead, Info, Tracks, Cues, Attachments, Chapters, Tags.
    private static let segmentParts: Set<UInt32> = [
        0x114D_9B74, 0x1549_A966, 0x1654_AE6B, 0x1C53_BB6B, 0x1941_A469, 0x1043_A770, 0x1254_C367,
    ]
    /// Timestamp, SilentTracks, Position, PrevSize, SimpleBlock, BlockGroup, EncryptedBlock.
    private static let clusterParts: Set<UInt32> = [0xE7, 0x5854, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF]
    /// Void and CRC-32, which may occur anywhere.
    private static let fillers: Set<UInt32> = [0xEC, 0xBF]

    /// Parses a file that begins with a header.
    init(in file: InputFile) {
        end = file.size
        var window = ByteWindow(of: file)
        var offset: Int64 = 0
        while offset < file.size {
            guard let element = Element(at: offset, in: &window), isKnown(element.name) else {
                damage += 1
                guard let next = window.next(Self.clusterBytes, from: offset + 1) else { break }
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

    private func isKnown(_ name: UInt32) -> Bool {
        name == Self.header || name == Self.segment || name == Self.cluster || Self.segmentParts.contains(name)
            || Self.clusterParts.contains(name) || Self.fillers.contains(name)
    }

    private struct Element {
        let name: UInt32
        /// The offset of its content.
        let content: Int64
        /// The size of its content; `nil` if unknown.
        let size: Int64?

        init?(at offset: Int64, in window: inout ByteWindow) {
            let bytes = window.read(at: offset, count: 12)
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
