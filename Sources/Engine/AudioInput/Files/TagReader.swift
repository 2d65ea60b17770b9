/// Finds tags anywhere in a file. Offsets must be passed in ascending order.
struct TagReader {
    /// Not the window that parses the frames: the search may run far ahead of it.
    private var window: ByteWindow
    private var ape = MarkAhead(APETag.mark)
    private var lyrics = MarkAhead(Lyrics3.end)
    private var lyricsOfVersion1 = MarkAhead(Lyrics3.endOfVersion1)

    init(in file: InputFile) {
        window = ByteWindow(of: file)
    }

    /// The length of the tag at an offset, which begins with `head`; `nil` if there is none, or it extends beyond the
    /// file.
    mutating func size(at offset: Int64, head: [UInt8]) -> Int64? {
        let rest = window.end - offset
        if let size = AudioTag.size(of: head), size <= rest { return size }
        // ID3v1 is so short that a cut tag needs no report.
        if head.starts(with: "TAG".utf8) { return rest }
        return head.starts(with: Lyrics3.beginning) ? lyricsSize(at: offset) : apeSize(at: offset)
    }

    /// The length of an APE tag without a mark before its items.
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

    /// The next mark of a kind that ends tags. It is searched and read once, so the file is scanned once for all calls.
    private struct MarkAhead {
        private let bytes: [UInt8]
        private var place: Int64 = -1
        private var size: Int64?

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// The mark's offset, and the size that it states for the tag.
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
