/// The structure of a file, parsed before FFmpeg reads it: demuxers skip damage silently, stop after the first
/// recording, and use sizes that are placeholders.
struct FileLayout {
    /// The recordings in the file, in order.
    var parts: [Excerpt]
    /// The number of places where bytes are missing or wrong.
    var damage: Int

    /// The most recordings to tell apart; the last one then extends to the end of the file.
    static let maximumParts = 10_000

    init(of file: InputFile) {
        let start = file.bytes(at: 0, count: 4)
        if start.elementsEqual("OggS".utf8) {
            (parts, damage) = Self.parts(OggPages(in: file), in: file)
        } else if start == [0x1A, 0x45, 0xDF, 0xA3] {
            (parts, damage) = Self.parts(MatroskaElements(in: file), in: file)
        } else if let sounds = WAVSound.all(in: file) {
            parts = sounds.map { $0.excerpt(of: file) }
            damage = sounds.count(where: \.isCut)
        } else if let frames = MPEGAudioFrames(in: file) {
            (parts, damage) = Self.parts(frames, in: file)
        } else {
            parts = [Excerpt(of: file, 0..<Trailer.start(in: file))]
            damage = TransportPackets.endCut(in: file) || StatedSize.endCut(in: file) ? 1 : 0
        }
    }

    private static func parts(_ structure: some ChainedStructure, in file: InputFile) -> ([Excerpt], damage: Int) {
        (structure.recordings.map { Excerpt(of: file, $0) }, structure.damage)
    }
}

/// The packets of an MPEG transport stream (ISO 13818-1, 2.4.3.2).
enum TransportPackets {
    private static let size: Int64 = 188

    /// Whether the last packet of such a stream is incomplete.
    static func endCut(in file: InputFile) -> Bool {
        let starts = (0..<3).map { file.bytes(at: $0 * size, count: 1) }
        return starts.allSatisfy { $0 == [0x47] } && file.size % size != 0
    }
}

/// A format in which one recording can follow another.
protocol ChainedStructure {
    /// The byte ranges of the recordings, in order.
    var recordings: [Range<Int64>] { get }
    /// The number of places where bytes are missing or wrong.
    var damage: Int { get }
}

extension ChainedStructure {
    /// The ranges of recordings without anything between them.
    static func ranges(from starts: [Int64], to end: Int64) -> [Range<Int64>] {
        zip(starts, starts.dropFirst() + [end]).map { $0..<$1 }
    }
}

/// Buffers small reads that are about in order, so that few of them reach the system.
struct ByteWindow {
    private static let length = 1 << 16

    private let file: InputFile
    private var start: Int64 = 0
    private var bytes: [UInt8] = []

    init(of file: InputFile) {
        self.file = file
    }

    var end: Int64 { file.size }

    /// Bytes at an offset; fewer at the end of the file.
    mutating func read(at offset: Int64, count: Int) -> ArraySlice<UInt8> {
        if offset < start || offset + Int64(count) > start + Int64(bytes.count) {
            (start, bytes) = (offset, file.bytes(at: offset, count: max(count, Self.length)))
        }
        return bytes[Int(offset - start)...].prefix(count)
    }

    /// The offset of the pattern's next occurrence, from `offset` on; `nil` if there is none.
    mutating func next(_ pattern: [UInt8], from offset: Int64) -> Int64? {
        var offset = offset
        while offset + Int64(pattern.count) <= file.size {
            guard read(at: offset, count: pattern.count).count == pattern.count else { return nil }
            let bytes = bytes[Int(offset - start)...]
            for index in bytes.startIndex...bytes.endIndex - pattern.count
            where bytes[index] == pattern[0] && bytes[index...].starts(with: pattern) {
                return offset + Int64(index - bytes.startIndex)
            }
            offset += Int64(bytes.count - pattern.count + 1)
        }
        return nil
    }
}
