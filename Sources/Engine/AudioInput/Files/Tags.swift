/// Tags (title, artist, lyrics) in formats whose frames simply follow one another.
enum AudioTag {
    /// The sizes of ID3v1, and of the extension that may precede it.
    static let (v1Size, v1ExtensionSize): (Int64, Int64) = (128, 227)
    /// How many bytes identify a tag.
    static let headSize = Int(APETag.markSize)

    /// Whether these bytes begin with the mark of a tag.
    static func begins(_ head: [UInt8]) -> Bool {
        ["TAG", "ID3", "APETAGEX", "LYRICSBEGIN"].contains { head.starts(with: $0.utf8) }
    }

    /// The length of the tag that begins with these bytes, if they state it.
    static func size(of head: [UInt8]) -> Int64? {
        if head.starts(with: "TAG+".utf8) { return v1ExtensionSize }
        if head.starts(with: "TAG".utf8) { return v1Size }
        return APETag.size(of: head).map { APETag.markSize + $0 } ?? ID3Tag.size(of: head)
    }
}

/// The tag at the beginning of some mp3, FLAC or AAC files: title, artist, pictures.
enum ID3Tag {
    /// More consecutive tags are not skipped.
    private static let maximumTags = 4
    private static let headerSize = 10

    /// The end of the tags at the beginning of a file; 0 if it has none. Without this, FFmpeg would take up to 50 ms to
    /// look for a format inside a cover picture.
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

/// An APE tag: items, with the same mark before them, after them or both.
enum APETag {
    static let mark = Array("APETAGEX".utf8)
    static let markSize: Int64 = 32
    private static let keyLengths = 2...255

    /// The size that a mark states, without a mark before the items; `nil` if these bytes are no mark.
    static func size(of mark: [UInt8]) -> Int64? {
        guard mark.count == markSize, mark.starts(with: Self.mark) else { return nil }
        let size = Int64(UInt32(littleEndian: mark[12..<16]))
        return size < markSize ? nil : size
    }

    /// Whether the items between `start` and `mark` fill the range, and are as many as the mark states.
    static func hasItems(from start: Int64, to mark: Int64, in file: InputFile) -> Bool {
        let count = UInt32(littleEndian: file.peek(at: mark, count: Int(markSize)).dropFirst(16).prefix(4))
        var (offset, found) = (start, 0)
        // An item begins with the size of its value, flags, and a key that ends with a zero.
        while offset < mark {
            let head = Array(file.peek(at: offset, count: 8 + keyLengths.upperBound + 1))
            guard head.count > 8, let keyEnd = head[8...].firstIndex(of: 0), keyLengths.contains(keyEnd - 8),
                head[8..<keyEnd].allSatisfy({ (0x20...0x7E).contains($0) })
            else { return false }
            offset += Int64(keyEnd + 1) + Int64(UInt32(littleEndian: head[..<4]))
            found += 1
        }
        return offset == mark && found == count
    }
}

/// Lyrics3 (id3.org): text between two marks. In version 2, the size of all that precedes is stated before the second.
enum Lyrics3 {
    static let beginning = Array("LYRICSBEGIN".utf8)
    static let end = Array("LYRICS200".utf8)
    static let endOfVersion1 = Array("LYRICSEND".utf8)
    static let digits = 6
    /// With the longest text, 5,100 bytes.
    static let longestOfVersion1 = Int64(beginning.count + 5_100 + endOfVersion1.count)

    /// The length of the tag whose end follows these digits; `nil` if they are no digits.
    static func size(statedBy digits: some Collection<UInt8>) -> Int64? {
        guard digits.count == Self.digits, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { 10 * $0 + Int64($1 - 0x30) } + Int64(Self.digits + end.count)
    }
}
