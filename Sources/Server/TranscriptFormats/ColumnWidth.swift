extension String {
    /// The width of the text in columns of a fixed-width font.
    var columns: Int { reduce(0) { $0 + $1.columns } }
}

extension Character {
    /// 2 for a character that UAX #11 calls wide or full-width, emoji included; otherwise 1.
    var columns: Int { unicodeScalars.contains(where: \.isWide) ? 2 : 1 }
}

extension Unicode.Scalar {
    /// Whether UAX #11 gives the scalar two columns (Unicode 16, EastAsianWidth.txt, `W` and `F`; by blocks, unassigned
    /// code points included), or whether it turns the scalar before it into an emoji.
    fileprivate var isWide: Bool {
        switch value {
        case ..<0x1100: false
        case 0x1100...0x115F,  // leading consonants of Hangul
            0x2329...0x232A,  // angle brackets
            0x2E80...0x303E, 0x3040...0x3247, 0x3250...0xA4CF,  // CJK, Kana, Bopomofo, Yi
            0xA960...0xA97C, 0xAC00...0xD7A3,  // Hangul
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B,  // CJK, compatibility
            0xFE0F,  // asks for the emoji
            0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
            0x16FE0...0x1B2FF,  // Tangut, Khitan, Kana supplements, Nushu
            0x1D300...0x1D376,  // Tai Xuan Jing, counting rods
            0x1F200...0x1F265,  // enclosed ideographs
            0x20000...0x3FFFD:  // Han, supplementary
            true
        default: properties.isEmojiPresentation
        }
    }
}
