/// The size of the audio that a header states.
enum StatedSize {
    /// Fewer missing bytes at the end are a writer's miscount, not damage.
    private static let slack: Int64 = 64
    /// Placeholders of writers that do not know the size: the greatest number, or what SoX writes to a pipe.
    private static let placeholders: [Int64] = [1 << 31, 1 << 32, .max, 0x7F00_0000]
    /// How far a placeholder may be from such a number. Recorders that start a new file at 2 or 4 GB keep a larger
    /// distance.
    private static let vicinity: Int64 = 1 << 16
    /// More chunks before the audio are not parsed.
    private static let maximumChunks = 64

    /// Whether a size is a placeholder.
    static func isPlaceholder(_ size: Int64) -> Bool {
        size < 0 || placeholders.contains { abs($0 - size) <= vicinity }
    }

    /// Whether audio of a stated size is incomplete, if `rest` bytes are left for it.
    static func isCut(_ size: Int64, in rest: Int64) -> Bool {
        size > rest.addingClamped(slack) && !isPlaceholder(size)
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
