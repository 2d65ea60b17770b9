/// Tags after the audio of a file whose format has no place for them: FFmpeg would report them as a damaged frame.
///
/// A tag is found by its end, and accepted if its beginning is where the end states.
enum Trailer {
    /// More consecutive tags are not skipped.
    private static let maximumTags = 8
    /// Up to this many zeros at the end of a FLAC frame may belong to its checksum.
    private static let zerosOfSound: Int64 = 2

    /// The offset from which the file has only tags, and in FLAC zeros; its size if there are none.
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
        if has(Lyrics3.end, at: Int64(Lyrics3.end.count)) {
            let digits = file.bytes(at: end - Int64(Lyrics3.end.count + Lyrics3.digits), count: Lyrics3.digits)
            guard let size = Lyrics3.size(statedBy: digits), has(Lyrics3.beginning, at: size) else { return nil }
            return size
        }
        if has(Lyrics3.endOfVersion1, at: Int64(Lyrics3.endOfVersion1.count)) {
            let start = max(0, end - Lyrics3.longestOfVersion1)
            var window = ByteWindow(of: file)
            return window.next(Lyrics3.beginning, from: start).flatMap { $0 < end ? end - $0 : nil }
        }
        return apeSize(before: end, in: file)
    }

    private static func apeSize(before end: Int64, in file: InputFile) -> Int64? {
        let mark = end - APETag.markSize
        guard mark > 0, let size = APETag.size(of: file.bytes(at: mark, count: Int(APETag.markSize))), size < end else {
            return nil
        }
        let start = end - size
        let header = start - APETag.markSize
        if header > 0, file.bytes(at: header, count: APETag.mark.count) == APETag.mark { return end - header }
        var window = ByteWindow(of: file)
        return APETag.hasItems(from: start, to: mark, in: &window) ? size : nil
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
