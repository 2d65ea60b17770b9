import Essentials

/// One recording in a file of the WAV family: RIFF, RIFX, RF64, BW64 or Sony's W64.
///
/// Writers that cannot seek leave placeholders as sizes, and writers that were killed leave sizes that are too small. So
/// this type locates the audio itself, and gives FFmpeg a correct header.
struct WAVRecording {
    private let format: WAVFormat
    private let audio: Range<Int64>
    /// The offset of the next recording, if there is one.
    private let next: Int64?
    /// Whether the file ends before the audio does.
    let isCut: Bool

    /// The consecutive recordings in a file; `nil` if it is of another kind or has no audio.
    static func all(in file: InputFile) -> [WAVRecording]? {
        var all: [WAVRecording] = []
        var start: Int64? = 0
        while let place = start, all.count < FileLayout.maximumParts, let one = WAVRecording(at: place, in: file) {
            all.append(one)
            start = one.next
        }
        return all.isEmpty ? nil : all
    }

    /// The recording with a plain header.
    func excerpt(of file: InputFile) -> Excerpt {
        Excerpt(of: file, audio, behind: format.header(of: audio.count))
    }

    private init?(at start: Int64, in file: InputFile) {
        guard let chunks = WAVChunks(at: start, in: file) else { return nil }
        var offset = chunks.start
        var format: WAVFormat?
        var realSize: Int64?
        for _ in 0..<WAVChunks.mostParsed {
            guard let chunk = chunks.chunk(at: offset) else { return nil }
            switch chunk.name {
            case "fmt ":
                let content = file.bytes(at: chunk.content, count: Int(min(max(chunk.size, 0), 1 << 10)))
                format = WAVFormat(content, isBigEndian: chunks.isBigEndian)
            case "ds64": realSize = Int64(littleEndian: file.bytes(at: chunk.content + 8, count: 8))
            case "data":
                guard let format else { return nil }
                let stated = chunk.size == UInt32.max ? realSize ?? chunk.size : chunk.size
                let extent = Self.extent(of: chunk, stating: stated, in: chunks)
                self.format = format
                (audio, isCut) = (chunk.content..<extent.end, extent.isCut)
                next = extent.following.flatMap(chunks.nextRecording)
                return
            default: break
            }
            offset = chunks.end(of: chunk, stating: chunk.size)
        }
        return nil
    }

    /// Where the audio ends, and what follows: as the header states, unless that is a placeholder or the audio goes on.
    private static func extent(
        of chunk: WAVChunks.Chunk, stating size: Int64, in chunks: WAVChunks
    ) -> (end: Int64, following: Int64?, isCut: Bool) {
        let fileEnd = max(chunk.content, chunks.file.size)
        let rest = fileEnd - chunk.content
        guard size > 0, size <= rest else {
            if size == 0, chunks.hasAny(at: chunk.content) { return (chunk.content, chunk.content, false) }
            return (fileEnd, nil, StatedSize.isCut(size, in: rest))
        }
        let end = chunk.content + size
        let following = chunks.end(of: chunk, stating: size)
        guard fileEnd - end < 2 || chunks.hasAny(at: following) else { return (fileEnd, nil, false) }
        return (end, following, false)
    }
}

/// The chunks of a recording.
struct WAVChunks {
    struct Chunk {
        let name: String
        /// The offset of the content.
        let content: Int64
        /// The size of the content, as stated.
        let size: Int64
    }

    /// More chunks before the audio, or after it, are not parsed.
    static let mostParsed = 64
    /// The bytes after the four letters in the identifiers of W64's chunks, and in that of the file.
    private static let identifier: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
    private static let riffIdentifier: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]

    let file: InputFile
    /// The offset of the first chunk.
    let start: Int64
    private(set) var isBigEndian = false
    private var isWave64 = false

    /// `nil` if no recording begins at the offset.
    init?(at offset: Int64, in file: InputFile) {
        let head = file.bytes(at: offset, count: 40)
        guard head.count >= 12 else { return nil }
        switch (String(decoding: head[..<4], as: UTF8.self), String(decoding: head[8..<12], as: UTF8.self)) {
        case ("RIFF", "WAVE"), ("RF64", "WAVE"), ("BW64", "WAVE"): break
        case ("RIFX", "WAVE"): isBigEndian = true
        case ("riff", _):
            guard head.count == 40, Array(head[4..<16]) == Self.riffIdentifier,
                head[24...].elementsEqual(Array("wave".utf8) + Self.identifier)
            else { return nil }
            isWave64 = true
        default: return nil
        }
        self.file = file
        start = offset + (isWave64 ? 40 : 12)
    }

    /// The chunk at an offset; `nil` at the end of the file.
    func chunk(at offset: Int64) -> Chunk? {
        let headSize = isWave64 ? 24 : 8
        let head = file.bytes(at: offset, count: headSize)
        guard offset >= 0, head.count == headSize else { return nil }
        let size: Int64
        if isWave64 {
            guard Array(head[4..<16]) == Self.identifier else { return nil }
            // The stated size includes the header. Placeholders are 0 or the greatest number.
            size = max(0, Int64(littleEndian: head[16...]).addingClamped(-Int64(headSize)))
        } else {
            size = Int64(isBigEndian ? UInt32(bigEndian: head[4...]) : UInt32(littleEndian: head[4...]))
        }
        return Chunk(name: String(decoding: head[..<4], as: UTF8.self), content: offset + Int64(headSize), size: size)
    }

    /// The offset after a chunk. The content is padded to an even size, in W64 to a multiple of 8; some writers omit
    /// the padding.
    func end(of chunk: Chunk, stating size: Int64) -> Int64 {
        let (end, overflow) = chunk.content.addingReportingOverflow(size)
        guard !overflow else { return file.size }
        let alignment: Int64 = isWave64 ? 8 : 2
        let padded = end.addingClamped((alignment - size % alignment) % alignment)
        return padded != end && hasChunk(at: end) && !hasChunk(at: padded) ? end : padded
    }

    /// Whether there is a chunk at an offset, and not audio that looks like one.
    private func hasChunk(at offset: Int64) -> Bool {
        guard let chunk = chunk(at: offset) else { return false }
        return chunk.name.utf8.count == 4 && chunk.name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && chunk.size <= file.size - chunk.content
    }

    /// Whether there is a chunk or another recording at an offset.
    func hasAny(at offset: Int64) -> Bool { hasChunk(at: offset) || WAVChunks(at: offset, in: file) != nil }

    /// The offset of the next recording, after any chunks.
    func nextRecording(from start: Int64) -> Int64? {
        var offset = start
        for _ in 0..<Self.mostParsed {
            if WAVChunks(at: offset, in: file) != nil { return offset }
            guard hasChunk(at: offset), let chunk = chunk(at: offset) else { return nil }
            offset = end(of: chunk, stating: chunk.size)
        }
        return nil
    }
}
