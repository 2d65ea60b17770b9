import Essentials

/// The structure of a file, parsed before FFmpeg reads it: demuxers skip damage silently, stop after the first
/// recording, and use sizes that are placeholders.
struct FileLayout {
    /// The most recordings to tell apart; the last one then extends to the end of the file.
    static let maximumParts = 10_000

    /// The recordings in the file, in order.
    var parts: [Excerpt]
    /// The number of places where bytes are missing or wrong.
    var damage: Int
}

extension FileLayout {
    init(of file: InputFile) {
        let start = file.bytes(at: 0, count: 4)
        if start.elementsEqual("OggS".utf8) {
            let pages = OggPages(in: file)
            self.init(Self.ranges(from: pages.starts, to: pages.end), of: file, damage: pages.damage)
        } else if start == [0x1A, 0x45, 0xDF, 0xA3] {
            let elements = MatroskaElements(in: file)
            self.init(Self.ranges(from: elements.starts, to: file.size), of: file, damage: elements.damage)
        } else if let recordings = WAVRecording.all(in: file) {
            self.init(parts: recordings.map { $0.excerpt(of: file) }, damage: recordings.count(where: \.isCut))
        } else if let frames = MPEGAudioFrames(in: file) {
            self.init(frames.recordings, of: file, damage: frames.damage)
        } else {
            let isCut = Self.hasCutTransportPacket(file) || StatedSize.endCut(in: file)
            self.init(parts: [Excerpt(of: file, 0..<Trailer.start(in: file))], damage: isCut ? 1 : 0)
        }
    }

    private init(_ ranges: [Range<Int64>], of file: InputFile, damage: Int) {
        self.init(parts: ranges.map { Excerpt(of: file, $0) }, damage: damage)
    }

    /// The ranges of recordings without anything between them.
    private static func ranges(from starts: [Int64], to end: Int64) -> [Range<Int64>] {
        zip(starts, starts.dropFirst() + [end]).map { $0..<$1 }
    }

    /// Whether the last packet of an MPEG transport stream is incomplete (ISO 13818-1, 2.4.3.2).
    private static func hasCutTransportPacket(_ file: InputFile) -> Bool {
        let size: Int64 = 188
        return file.size % size != 0 && (0..<3).allSatisfy { file.bytes(at: $0 * size, count: 1) == [0x47] }
    }
}

/// The size of the audio that a header states.
enum StatedSize {
    /// Fewer missing bytes at the end are a writer's miscount, not damage.
    private static let slack: Int64 = 64
    /// Placeholders of writers that do not know the size: the greatest number, or what SoX writes to a pipe.
    private static let placeholders: [Int64] = [1 << 31, 1 << 32, .max, 0x7F00_0000]
    /// How far a placeholder may be from such a number; recorders that start a new file at 2 or 4 GB are farther off.
    private static let vicinity: Int64 = 1 << 16
    /// More chunks before the audio are not parsed.
    private static let maximumChunks = 64

    /// Whether audio of a stated size is incomplete, if `rest` bytes are left for it, and the size is no placeholder.
    static func isCut(_ size: Int64, in rest: Int64) -> Bool {
        let isPlaceholder = size < 0 || placeholders.contains { abs($0 - size) <= vicinity }
        return size > rest.addingClamped(slack) && !isPlaceholder
    }

    /// Whether an AIFF, AU or CAF file ends before its audio does.
    static func endCut(in file: InputFile) -> Bool {
        let head = file.bytes(at: 0, count: 12)
        guard head.count == 12 else { return false }
        switch (String(decoding: head[..<4], as: UTF8.self), String(decoding: head[8...], as: UTF8.self)) {
        case (".snd", _):
            return isCut(Int64(UInt32(bigEndian: head[8...])), in: file.size - Int64(UInt32(bigEndian: head[4..<8])))
        case ("FORM", "AIFF"), ("FORM", "AIFC"):
            return chunkCut("SSND", from: 12, sizeBytes: 4, alignment: 2, in: file)
        case ("caff", _): return chunkCut("data", from: 8, sizeBytes: 8, alignment: 1, in: file)
        default: return false
        }
    }

    private static func chunkCut(
        _ name: String, from start: Int64, sizeBytes: Int, alignment: Int64, in file: InputFile
    ) -> Bool {
        var offset = start
        for _ in 0..<maximumChunks {
            let head = file.bytes(at: offset, count: 4 + sizeBytes)
            guard head.count == 4 + sizeBytes else { return false }
            let size = Int64(bigEndian: head[4...])
            let content = offset + Int64(head.count)
            if head.starts(with: name.utf8) { return isCut(size, in: file.size - content) }
            guard size >= 0, size <= file.size - content else { return false }
            offset = content + size + size % alignment
        }
        return false
    }
}
