/// The tags in a file, from its beginning to its end: places may only be asked for in order.
struct TagReader {
    /// Not the one that goes through the frames: what is looked for may be far ahead of them.
    private var window: ByteWindow
    private var ape = MarkAhead(APETag.mark)
    private var lyrics = MarkAhead(Lyrics3.end)
    private var lyricsOfVersion1 = MarkAhead(Lyrics3.endOfVersion1)

    init(in file: InputFile) {
        window = ByteWindow(of: file)
    }

    /// How long the tag is that begins at a place, with these bytes; `nil` if none does, or more is claimed than there is.
    mutating func size(at offset: Int64, head: [UInt8]) -> Int64? {
        let rest = window.end - offset
        if let size = AudioTag.size(of: head), size <= rest { return size }
        // ID3v1 is so short that a cut in it hides nothing.
        if head.starts(with: "TAG".utf8) { return rest }
        return head.starts(with: Lyrics3.beginning) ? lyricsSize(at: offset) : apeSize(at: offset)
    }

    /// Of an APE tag that has no mark before its items.
    private mutating func apeSize(at offset: Int64) -> Int64? {
        let mark = ape.next(from: offset, in: &window) { place, window in
            APETag.size(of: Array(window.read(at: place, count: Int(APETag.markSize))))
        }
        guard let mark, let size = mark.size, mark.place + APETag.markSize - size == offset else { return nil }
        return size
    }

    private mutating func lyricsSize(at offset: Int64) -> Int64? {
        let mark = lyrics.next(from: offset, in: &window) { place, window in
            let digits = Int64(Lyrics3.digits)
            return Lyrics3.size(statedBy: window.read(at: max(0, place - digits), count: Lyrics3.digits))
        }
        if let mark, let size = mark.size, mark.place + Int64(Lyrics3.end.count) - size == offset { return size }
        guard let place = lyricsOfVersion1.next(from: offset, in: &window, size: { _, _ in nil })?.place else {
            return nil
        }
        let size = place + Int64(Lyrics3.endOfVersion1.count) - offset
        return size <= Lyrics3.longestOfVersion1 ? size : nil
    }

    /// The next mark of a kind that stands at the end of tags. It is looked for, and read, once: however often it is asked
    /// for, a file is read over once.
    private struct MarkAhead {
        private let bytes: [UInt8]
        private var place: Int64 = -1
        private var size: Int64?

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// Where it is, and what it says that the tag takes up to its end.
        mutating func next(
            from offset: Int64, in window: inout ByteWindow, size: (Int64, inout ByteWindow) -> Int64?
        ) -> (place: Int64, size: Int64?)? {
            if place < offset {
                place = window.next(bytes, from: offset) ?? .max
                self.size = place < .max ? size(place, &window) : nil
            }
            return place < .max ? (place, self.size) : nil
        }
    }
}
