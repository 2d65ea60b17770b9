/// Tags after the audio of a file whose format has no place for them: FFmpeg would report them as a damaged frame. A
/// tag is found by its end, and accepted if its beginning is where the end states.
enum Trailer {
    /// More consecutive tags are not skipped.
    private static let maximumTags = 8
    /// Up to this many zeros at the end of a FLAC frame may belong to its checksum.
    private static let zerosOfChecksum: Int64 = 2

    /// The offset from which the file has only tags, and in FLAC zeros; its size if there are none.
    static func start(in file: InputFile) -> Int64 {
        let isFLAC = file.bytes(at: ID3Tag.end(in: Excerpt(of: file, 0..<file.size)), count: 4)
            .elementsEqual("fLaC".utf8)
        var end = file.size
        for _ in 0..<maximumTags {
            var start = end
            if let size = tagSize(before: end, in: file) {
                start -= size
            } else if isFLAC {
                start = startOfZeros(before: end, in: file) + zerosOfChecksum
            }
            guard (1..<end).contains(start) else { break }
            end = start
        }
        return end
    }

    private static func tagSize(before end: Int64, in file: InputFile) -> Int64? {
        func has(_ mark: some Sequence<UInt8>, at distance: Int64) -> Bool {
            let mark = Array(mark)
            return end > distance && file.bytes(at: end - distance, count: mark.count) == mark
        }
        if has("TAG".utf8, at: AudioTag.v1Size) {
            let extended = AudioTag.v1Size + AudioTag.v1ExtensionSize
            return has("TAG+".utf8, at: extended) ? extended : AudioTag.v1Size
        }
        if has(Lyrics3.end, at: Int64(Lyrics3.end.count)) {
            let digits = file.bytes(at: end - Int64(Lyrics3.end.count + Lyrics3.digits), count: Lyrics3.digits)
            return Lyrics3.size(statedBy: digits).flatMap { has(Lyrics3.beginning, at: $0) ? $0 : nil }
        }
        if has(Lyrics3.endOfVersion1, at: Int64(Lyrics3.endOfVersion1.count)) {
            let start = max(0, end - Lyrics3.longestOfVersion1)
            return file.next(Lyrics3.beginning, from: start).flatMap { $0 < end ? end - $0 : nil }
        }
        let mark = end - APETag.markSize
        guard mark > 0, let size = APETag.size(of: file.bytes(at: mark, count: Int(APETag.markSize))), size < end else {
            return nil
        }
        let header = end - size - APETag.markSize
        if header > 0, file.bytes(at: header, count: APETag.mark.count) == APETag.mark { return end - header }
        return APETag.hasItems(from: end - size, to: mark, in: file) ? size : nil
    }

    /// The offset from which there are only zeros up to `end`.
    static func startOfZeros(before end: Int64, in file: InputFile) -> Int64 {
        var end = end
        while end > 0 {
            let start = max(0, end - 4096)
            let bytes = file.bytes(at: start, count: Int(end - start))
            if let last = bytes.lastIndex(where: { $0 != 0 }) { return start + Int64(last) + 1 }
            guard !bytes.isEmpty else { break }
            end = start
        }
        return end
    }
}

/// Finds tags anywhere in a file. Offsets must be passed in ascending order.
struct TagReader {
    private let file: InputFile
    private var ape = MarkAhead(bytes: APETag.mark)
    private var lyrics = MarkAhead(bytes: Lyrics3.end)
    private var lyricsOfVersion1 = MarkAhead(bytes: Lyrics3.endOfVersion1)

    init(in file: InputFile) { self.file = file }

    /// The length of the tag at an offset, which begins with `head`; `nil` if there is none, or it extends beyond the
    /// file.
    mutating func size(at offset: Int64, head: [UInt8]) -> Int64? {
        let rest = file.size - offset
        if let size = AudioTag.size(of: head), size <= rest { return size }
        // ID3v1 is so short that a cut tag needs no report.
        if head.starts(with: "TAG".utf8) { return rest }
        return head.starts(with: Lyrics3.beginning) ? lyricsSize(at: offset) : apeSize(at: offset)
    }

    /// The length of an APE tag without a mark before its items.
    private mutating func apeSize(at offset: Int64) -> Int64? {
        let mark = ape.next(from: offset, in: file) { place in
            APETag.size(of: Array(file.peek(at: place, count: Int(APETag.markSize))))
        }
        guard let mark, let size = mark.size, mark.place + APETag.markSize - size == offset else { return nil }
        return size
    }

    private mutating func lyricsSize(at offset: Int64) -> Int64? {
        let mark = lyrics.next(from: offset, in: file) { place in
            Lyrics3.size(statedBy: file.peek(at: max(0, place - Int64(Lyrics3.digits)), count: Lyrics3.digits))
        }
        if let mark, let size = mark.size, mark.place + Int64(Lyrics3.end.count) - size == offset { return size }
        let oldMark = lyricsOfVersion1.next(from: offset, in: file) { _ in nil }
        let size = oldMark.map { $0.place + Int64(Lyrics3.endOfVersion1.count) - offset }
        return size.flatMap { $0 <= Lyrics3.longestOfVersion1 ? $0 : nil }
    }

    /// The next mark of a kind that ends tags. It is searched and read once, so the file is scanned once for all calls.
    private struct MarkAhead {
        let bytes: [UInt8]
        var found: (place: Int64, size: Int64?) = (-1, nil)

        /// The mark's offset, and the size that it states for the tag.
        mutating func next(
            from offset: Int64, in file: InputFile, size: (Int64) -> Int64?
        ) -> (place: Int64, size: Int64?)? {
            if found.place < offset {
                let place = file.next(bytes, from: offset) ?? .max
                found = (place, place < .max ? size(place) : nil)
            }
            return found.place < .max ? found : nil
        }
    }
}
