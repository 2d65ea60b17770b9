/// The tag at the beginning of some mp3, FLAC or AAC files: title, artist, pictures.
enum ID3Tag {
    /// More consecutive tags are not skipped.
    private static let maximumTags = 4
    private static let headerSize = 10

    /// The offset of the end of the tags at the beginning of a file; 0 if it has none.
    ///
    /// Without this, FFmpeg would take up to 50 ms to look for a format inside a cover picture.
    static func end(in file: Excerpt) -> Int64 {
        var end: Int64 = 0
        for _ in 0..<maximumTags {
            guard let size = size(of: file.bytes(at: end, count: headerSize)) else { break }
            end += size
        }
        return end < file.size ? end : 0
    }

    /// The length of the tag that begins with these bytes; `nil` if none does.
    static func size(of header: [UInt8]) -> Int64? {
        guard header.count >= headerSize, header.starts(with: "ID3".utf8) else { return nil }
        // id3.org, ID3v2.4 §3.1: four bytes of seven bits; a flag tells whether a footer of ten bytes follows.
        let size = header[6..<headerSize].reduce(0) { $0 << 7 | Int64($1 & 0x7F) }
        let footer = header[5] & 0x10 == 0 ? 0 : headerSize
        return Int64(headerSize + footer) + size
    }
}
