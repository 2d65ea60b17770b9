/// One recording in a file of the WAV family: RIFF, RIFX, RF64, BW64 or Sony's W64.
///
/// Writers that cannot seek leave placeholders as sizes, writers that were killed leave sizes that are too small, and
/// the bits per sample are stated in several ways. So this type locates the audio itself, and gives FFmpeg a correct
/// header.
struct WAVSound {
    /// More chunks before the audio are not parsed.
    private static let maximumChunks = 64

    private let format: WAVFormat
    private let sound: Range<Int64>
    /// The offset of the next recording, if there is one.
    private let next: Int64?
    /// Whether the file ends before the audio does.
    let isCut: Bool

    /// The consecutive recordings in a file; `nil` if it is of another kind or has no audio.
    static func all(in file: InputFile) -> [WAVSound]? {
        var sounds: [WAVSound] = []
        var start: Int64? = 0
        while let place = start, sounds.count < FileLayout.maximumParts, let sound = WAVSound(at: place, in: file) {
            sounds.append(sound)
            start = sound.next
        }
        return sounds.isEmpty ? nil : sounds
    }

    /// The recording with a plain header.
    func excerpt(of file: InputFile) -> Excerpt {
        Excerpt(of: file, sound, behind: format.header(of: sound.count))
    }

    private init?(at start: Int64, in file: InputFile) {
        guard let kind = WAVChunk.Kind(at: start, in: file) else { return nil }
        var offset = start + kind.headerSize
        var format: WAVFormat?
        var realSize: Int64?
        for _ in 0..<Self.maximumChunks {
            guard let chunk = WAVChunk(at: offset, kind: kind, in: file) else { return nil }
            switch chunk.name {
            case "fmt ":
                let content = file.bytes(at: chunk.content, count: Int(min(max(chunk.size, 0), 1 << 10)))
                format = WAVFormat(content, isBigEndian: kind.isBigEndian)
            case "ds64": realSize = Int64(littleEndian: file.bytes(at: chunk.content + 8, count: 8))
            case "data":
                guard let format else { return nil }
                let stated = chunk.size == UInt32.max ? realSize ?? chunk.size : chunk.size
                let extent = Self.extent(of: chunk, stating: stated, kind: kind, in: file)
                self.format = format
                (sound, isCut) = (chunk.content..<extent.end, extent.isCut)
                next = extent.following.flatMap { Self.recording(from: $0, kind: kind, in: file) }
                return
            default: break
            }
            offset = chunk.end(whenStating: chunk.size, kind: kind, in: file)
        }
        return nil
    }

    /// Where the audio ends: as the header states, unless that is a placeholder or audio continues after it. Also the
    /// offset of what follows.
    private static func extent(
        of chunk: WAVChunk, stating size: Int64, kind: WAVChunk.Kind, in file: InputFile
    ) -> (end: Int64, following: Int64?, isCut: Bool) {
        let rest = max(0, file.size - chunk.content)
        guard size > 0, size <= rest else {
            if size == 0, isSomething(at: chunk.content, kind: kind, in: file) {
                return (chunk.content, chunk.content, false)
            }
            return (chunk.content + rest, nil, StatedSize.isCut(size, in: rest))
        }
        let end = chunk.content + size
        let following = chunk.end(whenStating: size, kind: kind, in: file)
        guard file.size - end < 2 || isSomething(at: following, kind: kind, in: file) else {
            return (file.size, nil, false)
        }
        return (end, following, false)
    }

    /// Whether there is a chunk or another recording at an offset.
    private static func isSomething(at offset: Int64, kind: WAVChunk.Kind, in file: InputFile) -> Bool {
        WAVChunk(at: offset, kind: kind, in: file)?.isCredible(in: file) == true
            || WAVChunk.Kind(at: offset, in: file) != nil
    }

    /// The offset of the next recording, after any chunks.
    private static func recording(from start: Int64, kind: WAVChunk.Kind, in file: InputFile) -> Int64? {
        var offset = start
        for _ in 0..<maximumChunks {
            if WAVChunk.Kind(at: offset, in: file) != nil { return offset }
            guard let chunk = WAVChunk(at: offset, kind: kind, in: file), chunk.isCredible(in: file) else { return nil }
            offset = chunk.end(whenStating: chunk.size, kind: kind, in: file)
        }
        return nil
    }
}

/// The header of a chunk.
struct WAVChunk {
    /// The variant of the format.
    struct Kind {
        var isBigEndian = false
        var isWave64 = false

        /// Bytes before the first chunk.
        var headerSize: Int64 { isWave64 ? 40 : 12 }
        /// The size of a chunk is a multiple of this.
        var alignment: Int64 { isWave64 ? 8 : 2 }

        /// `nil` if no recording begins at the offset.
        init?(at offset: Int64, in file: InputFile) {
            let head = file.bytes(at: offset, count: 40)
            guard head.count >= 12 else { return nil }
            switch (String(decoding: head[..<4], as: UTF8.self), String(decoding: head[8..<12], as: UTF8.self)) {
            case ("RIFF", "WAVE"), ("RF64", "WAVE"), ("BW64", "WAVE"): break
            case ("RIFX", "WAVE"): isBigEndian = true
            case ("riff", _):
                guard head.count == 40, Array(head[4..<16]) == WAVChunk.riffIdentifier,
                    head[24...].elementsEqual(Array("wave".utf8) + WAVChunk.identifier)
                else { return nil }
                isWave64 = true
            default: return nil
            }
        }
    }

    let name: String
    let content: Int64
    /// The size of the content, as stated.
    let size: Int64

    /// The bytes after the four letters in the identifiers of W64's chunks, and in that of the file.
    private static let identifier: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
    private static let riffIdentifier: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]

    /// `nil` at the end of the file.
    init?(at offset: Int64, kind: Kind, in file: InputFile) {
        let headSize = kind.isWave64 ? 24 : 8
        let head = file.bytes(at: offset, count: headSize)
        guard offset >= 0, head.count == headSize else { return nil }
        name = String(decoding: head[..<4], as: UTF8.self)
        content = offset + Int64(headSize)
        if kind.isWave64 {
            guard Array(head[4..<16]) == Self.identifier else { return nil }
            // The stated size includes the header. Placeholders are 0 or the greatest number.
            let stated = Int64(littleEndian: head[16...])
            size = stated < headSize ? 0 : stated - Int64(headSize)
        } else {
            size = Int64(kind.isBigEndian ? UInt32(bigEndian: head[4...]) : UInt32(littleEndian: head[4...]))
        }
    }

    /// Whether this is a chunk, and not audio that looks like one.
    func isCredible(in file: InputFile) -> Bool {
        name.utf8.count == 4 && name.utf8.allSatisfy { (0x20...0x7E).contains($0) } && size <= file.size - content
    }

    /// The offset after the chunk. Some writers omit the padding.
    func end(whenStating size: Int64, kind: Kind, in file: InputFile) -> Int64 {
        let (end, overflow) = content.addingReportingOverflow(size)
        guard !overflow else { return file.size }
        let padded = end + (kind.alignment - size % kind.alignment) % kind.alignment
        guard padded != end, WAVChunk(at: end, kind: kind, in: file)?.isCredible(in: file) == true,
            WAVChunk(at: padded, kind: kind, in: file)?.isCredible(in: file) != true
        else { return padded }
        return end
    }
}
