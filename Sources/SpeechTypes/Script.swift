/// What the writing system of a text means for joining texts.
public enum Script {
    /// Whether a space belongs between two texts that follow one another.
    ///
    /// Scripts written without spaces between words take none: Han, Kana, Bopomofo, Thai, Lao, Khmer, Burmese,
    /// with their full-width punctuation (blocks of the Unicode Standard, chapters 16 and 18).
    public static func needsSpace(between left: String, and right: String) -> Bool {
        guard let last = left.unicodeScalars.last, let first = right.unicodeScalars.first else { return false }
        return !(isUnspaced(last) && isUnspaced(first))
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF,  // Thai, Lao
            0x1000...0x109F,  // Myanmar
            0x1780...0x17FF,  // Khmer
            0x2E80...0x312F,  // CJK radicals, punctuation, Hiragana, Katakana, Bopomofo
            0x31A0...0x31FF,  // Bopomofo and Katakana extensions
            0x3400...0x9FFF,  // Han
            0xF900...0xFAFF,  // Han, compatibility
            0xFF00...0xFFEF,  // full-width and half-width forms
            0x20000...0x3FFFF:  // Han, supplementary
            true
        default: false
        }
    }
}
