/// What the chunks of a WAV file say about its length.
enum WAVHeader {
    /// More chunks than this before the sound are not looked at.
    private static let maximumChunks = 64

    /// Whether sound goes on after the end that the header states.
    ///
    /// So leave it recorders that stopped before they could correct the header, and FFmpeg would drop the rest. What
    /// follows the sound in an honest file is another chunk. The lengths 0 and 2³²−1 mean "unknown", which FFmpeg knows.
    static func understatesLength(of file: InputFile) -> Bool {
        guard file.bytes(at: 0, count: 4) == Array("RIFF".utf8), file.bytes(at: 8, count: 4) == Array("WAVE".utf8)
        else { return false }
        var offset: Int64 = 12
        for _ in 0..<maximumChunks {
            guard let chunk = Chunk(at: offset, in: file) else { return false }
            if chunk.isSound {
                guard chunk.size != 0, chunk.size != UInt32.max, file.size - chunk.end >= 2 else { return false }
                return !isChunk(at: chunk.end, in: file) && !isChunk(at: chunk.paddedEnd, in: file)
            }
            offset = chunk.paddedEnd
        }
        return false
    }

    private static func isChunk(at offset: Int64, in file: InputFile) -> Bool {
        guard let chunk = Chunk(at: offset, in: file) else { return false }
        return chunk.name.allSatisfy { (0x20...0x7E).contains($0) } && chunk.end <= file.size
    }

    private struct Chunk {
        let name: ArraySlice<UInt8>
        let size: UInt32
        let end: Int64
        /// Chunks begin at even offsets.
        var paddedEnd: Int64 { end + Int64(size % 2) }
        var isSound: Bool { name.elementsEqual("data".utf8) }

        init?(at offset: Int64, in file: InputFile) {
            let head = file.bytes(at: offset, count: 8)
            guard head.count == 8 else { return nil }
            name = head[..<4]
            size = head[4...].reversed().reduce(0) { $0 << 8 | UInt32($1) }
            end = offset + 8 + Int64(size)
        }
    }
}
