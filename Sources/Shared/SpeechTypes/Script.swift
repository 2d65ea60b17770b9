/// The rules of a writing system for joining texts.
public enum Script {
    /// Whether to put a space between two consecutive texts.
    ///
    /// Scripts written without spaces between words need none: Han, Kana, Bopomofo, Thai, Lao, Khmer, Burmese (blocks
    /// of the Unicode Standard, chapters 16 and 18). Full-width punctuation needs none on either side. Quotation marks,
    /// dashes and ellipses, which those scripts share with others, count as the letter next to them.
    public static func needsSpace(between left: String, and right: String) -> Bool {
        guard let last = left.unicodeScalars.last, let first = right.unicodeScalars.first else { return false }
        if isFullWidthPunctuation(last) || isFullWidthPunctuation(first) { return false }
        let before = left.unicodeScalars.last { !isShared($0) } ?? last
        let after = right.unicodeScalars.first { !isShared($0) } ?? first
        return !(isUnspaced(before) && isUnspaced(after))
    }

    /// Ideographic and full-width punctuation, which includes its own space.
    private static func isFullWidthPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3000...0x303F, 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65: true
        default: false
        }
    }

    /// General punctuation and variation selectors, which belong to no script.
    private static func isShared(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2010...0x2027, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
        default: false
        }
    }

    /// Whether the character's script is written without spaces between words.
    package static func isUnspaced(_ character: Character) -> Bool {
        character.unicodeScalars.first.map(isUnspaced) ?? false
    }

    /// Whether the scalar's script is written without spaces between words.
    static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF,  // Thai, Lao
            0x1000...0x109F, 0xA9E0...0xA9FF, 0xAA60...0xAA7F,  // Myanmar and its extensions
            0x1780...0x17FF,  // Khmer
            0x2E80...0x312F,  // CJK radicals, punctuation, Hiragana, Katakana, Bopomofo
            0x31A0...0x33FF,  // Bopomofo and Katakana extensions, enclosed and squared forms
            0x3400...0x9FFF,  // Han
            0xF900...0xFAFF,  // Han, compatibility
            0xFF00...0xFFEF,  // full-width and half-width forms
            0x20000...0x3FFFF:  // Han, supplementary
            true
        default: false
        }
    }
}
