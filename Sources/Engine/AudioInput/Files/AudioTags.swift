/// Tags about a recording, in formats whose frames simply follow one another: title, artist, words.
enum AudioTag {
    /// Of ID3v1, and of what may stand before it.
    static let (v1Size, v1ExtensionSize): (Int64, Int64) = (128, 227)
    /// So many bytes tell what kind of tag begins with them.
    static let headSize = Int(APETag.markSize)

    /// Whether a tag with a mark of its own begins with these bytes.
    static func begins(_ head: [UInt8]) -> Bool {
        ["TAG", "ID3", "APETAGEX", "LYRICSBEGIN"].contains { head.starts(with: $0.utf8) }
    }

    /// How long the tag is that begins with these bytes, if they tell: ID3 of both versions, or APE with a header.
    static func size(of head: [UInt8]) -> Int64? {
        if head.starts(with: "TAG+".utf8) { return v1ExtensionSize }
        if head.starts(with: "TAG".utf8) { return v1Size }
        return APETag.size(of: head).map { APETag.markSize + $0 } ?? ID3Tag.size(of: head)
    }
}

/// APE: items, and a mark of one form before them, behind them or both.
enum APETag {
    static let mark = Array("APETAGEX".utf8)
    static let markSize: Int64 = 32
    private static let keyLengths = 2...255

    /// What a mark states: the size of all but the mark before the items; `nil` if these bytes are none.
    static func size(of mark: [UInt8]) -> Int64? {
        guard mark.count == markSize, mark.starts(with: Self.mark) else { return nil }
        let size = Int64(UInt32(littleEndian: mark[12..<16]))
        return size < markSize ? nil : size
    }

    /// Whether as many items as the mark behind them states take up all the room from a place to it.
    static func hasItems(from start: Int64, to mark: Int64, in window: inout ByteWindow) -> Bool {
        let count = UInt32(littleEndian: window.read(at: mark, count: Int(markSize)).dropFirst(16).prefix(4))
        var (offset, found) = (start, 0)
        // Each begins with the size of its value, flags, and a key that ends with a zero.
        while offset < mark {
            let head = Array(window.read(at: offset, count: 8 + keyLengths.upperBound + 1))
            guard head.count > 8, let keyEnd = head[8...].firstIndex(of: 0), keyLengths.contains(keyEnd - 8),
                head[8..<keyEnd].allSatisfy({ (0x20...0x7E).contains($0) })
            else { return false }
            offset += Int64(keyEnd + 1) + Int64(UInt32(littleEndian: head[..<4]))
            found += 1
        }
        return offset == mark && found == count
    }
}

/// Lyrics3 (id3.org): words between two marks. Before the second, version 2 has the size of all that precedes.
enum Lyrics3 {
    static let beginning = Array("LYRICSBEGIN".utf8)
    static let end = Array("LYRICS200".utf8)
    static let endOfVersion1 = Array("LYRICSEND".utf8)
    static let digits = 6
    /// Of version 1, without the marks.
    private static let longestText = 5_100
    static let longestOfVersion1 = Int64(beginning.count + longestText + endOfVersion1.count)

    /// How long the tag is whose end follows these digits; `nil` if they are none.
    static func size(statedBy digits: some Collection<UInt8>) -> Int64? {
        guard digits.count == Self.digits, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { 10 * $0 + Int64($1 - 0x30) } + Int64(Self.digits + end.count)
    }
}
