/// Tags about a recording, in formats whose frames simply follow one another: title, artist, words.
enum AudioTag {
    /// Of ID3v1, and of what may stand before it.
    static let (v1Size, v1ExtensionSize): (Int64, Int64) = (128, 227)
    static let apeMark = Array("APETAGEX".utf8)
    static let apeFooterSize: Int64 = 32

    /// How long the tag is that begins at a place: ID3 of both versions, APE with a header, or Lyrics3; `nil` if none does.
    static func size(at offset: Int64, in window: inout ByteWindow) -> Int64? {
        let head = Array(window.read(at: offset, count: Int(apeFooterSize)))
        let rest = window.end - offset
        if head.starts(with: "TAG+".utf8) { return min(v1ExtensionSize, rest) }
        if head.starts(with: "TAG".utf8) { return min(v1Size, rest) }
        if head.starts(with: "LYRICSBEGIN".utf8) { return rest }
        if let size = apeSize(of: head) { return apeFooterSize + size }
        return ID3Tag.size(of: head)
    }

    /// What the header or the footer of an APE tag states: the size of all but the header; `nil` if this is neither.
    static func apeSize(of mark: [UInt8]) -> Int64? {
        guard mark.count == apeFooterSize, mark.starts(with: apeMark) else { return nil }
        return Int64(UInt32(littleEndian: mark[12..<16]))
    }
}

/// APE tags that have a footer and no header, found by going forward: places may only be asked for in order.
struct APEFooters {
    /// The next footer, once it has been looked for.
    private var next: Int64 = -1

    /// How long the tag is that begins at a place and has its only mark at the end; `nil` if none does.
    mutating func tagSize(at offset: Int64, in window: inout ByteWindow) -> Int64? {
        if next < offset { next = window.next(AudioTag.apeMark, from: offset) ?? .max }
        guard next < window.end else { return nil }
        let size = next + AudioTag.apeFooterSize - offset
        let footer = Array(window.read(at: next, count: Int(AudioTag.apeFooterSize)))
        return AudioTag.apeSize(of: footer) == size ? size : nil
    }
}

/// What stands behind the sound of a file whose format has no place for it: FFmpeg takes it for a damaged frame.
enum Trailer {
    /// More tags in a row than this are not passed over.
    private static let maximumTags = 8
    /// The end of Lyrics3 version 2, behind six digits that tell its size without these two.
    private static let lyricsEnd = Array("LYRICS200".utf8)
    /// A FLAC frame may end with so many zeros, of its checksum.
    private static let zerosOfSound: Int64 = 2

    /// Where tags, and in FLAC zeros, begin that go on to the end of the file; its size if there are none.
    static func start(in file: InputFile) -> Int64 {
        let isFLAC = file.bytes(at: ID3Tag.end(in: Excerpt(of: file)), count: 4).elementsEqual("fLaC".utf8)
        var end = file.size
        for _ in 0..<maximumTags {
            var start = end
            if let size = tagSize(before: end, in: file) {
                start -= size
            } else if isFLAC {
                start = startOfZeros(before: end, in: file) + zerosOfSound
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
        if has(AudioTag.apeMark, at: AudioTag.apeFooterSize) {
            let footer = file.bytes(at: end - AudioTag.apeFooterSize, count: Int(AudioTag.apeFooterSize))
            guard let size = AudioTag.apeSize(of: footer), size >= AudioTag.apeFooterSize else { return nil }
            let both = size + AudioTag.apeFooterSize
            return has(AudioTag.apeMark, at: both) ? both : size
        }
        if has(lyricsEnd, at: Int64(lyricsEnd.count)) {
            let digits = file.bytes(at: end - 15, count: 6)
            return Int64(String(decoding: digits, as: UTF8.self)).map { max(0, $0) + 15 }
        }
        return nil
    }

    private static func startOfZeros(before end: Int64, in file: InputFile) -> Int64 {
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
