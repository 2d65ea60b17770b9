/// The rules of a writing system for joining texts.
package enum Script {
    /// Whether to put a space between two consecutive texts.
    ///
    /// Scripts written without spaces between words need none: Han, Kana, Bopomofo, Thai, Lao, Khmer, Burmese (blocks
    /// of the Unicode Standard, chapters 16 and 18). Full-width punctuation needs none on either side. Quotation marks,
    /// dashes and ellipses, which those scripts share with others, count as the letter next to them.
    package static func needsSpace(between left: String, and right: String) -> Bool {
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

/// A word as written in the text, with its punctuation.
package struct WrittenWord {
    package var text: String
    /// Whether there is a space before it.
    package let followsSpace: Bool

    fileprivate mutating func append(_ next: WrittenWord) {
        text += next.followsSpace ? " " + next.text : next.text
    }
}

extension Script {
    /// Splits a text into words; joined, they are the text up to white space.
    ///
    /// Words are separated by spaces. In scripts without spaces, each character is a word, since finding words would
    /// need a dictionary. Detached punctuation belongs to the word before it, an opening mark to the one after.
    package static func words(in text: String) -> [WrittenWord] {
        var words: [WrittenWord] = []
        var opening: WrittenWord?
        for piece in pieces(of: text) {
            var word = piece
            if var waiting = opening.take() {
                waiting.append(piece)
                word = waiting
            }
            if word.text.contains(where: \.isSpoken) {
                words.append(word)
            } else if words.isEmpty || word.text.last?.opensWord == true {
                opening = word
            } else {
                words[words.count - 1].append(word)
            }
        }
        guard let opening else { return words }
        guard !words.isEmpty else { return [opening] }
        words[words.count - 1].append(opening)
        return words
    }

    /// The pieces between possible line breaks.
    private static func pieces(of text: String) -> [WrittenWord] {
        var pieces: [WrittenWord] = []
        // Split scalars, not characters: a combining mark after a space is not part of the space.
        for run in text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
            var followsSpace = !pieces.isEmpty
            var piece = ""
            for character in String(run) {
                if let last = piece.last, mayBreak(between: last, and: character) {
                    pieces.append(WrittenWord(text: piece, followsSpace: followsSpace))
                    (piece, followsSpace) = ("", false)
                }
                piece.append(character)
            }
            pieces.append(WrittenWord(text: piece, followsSpace: followsSpace))
        }
        return pieces
    }

    /// Whether a word may end between two adjacent characters; UAX #14 without dictionaries.
    private static func mayBreak(between left: Character, and right: Character) -> Bool {
        (left.isUnspaced || right.isUnspaced) && !left.opensWord && !right.continuesWord
    }
}

extension Character {
    /// Whether this is spoken: a letter, a digit or a symbol, not punctuation. Unicode classifies some symbols as
    /// punctuation.
    package var isSpoken: Bool { !isWhitespace && (!isPunctuation || "#%&@§".contains(self)) }

    fileprivate var isUnspaced: Bool { Script.isUnspaced(self) }

    /// Whether the next character belongs to the same word: UAX #14's classes OP, PR and QU, and signs written before
    /// their consonant.
    fileprivate var opensWord: Bool {
        guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return false }
        switch first.properties.generalCategory {
        case .openPunctuation, .initialPunctuation, .currencySymbol: return true
        default: break
        }
        switch first {
        case "\"", "'", "¡", "¿": return true
        case "\u{0E40}"..."\u{0E44}", "\u{0EC0}"..."\u{0EC4}": return true  // vowels of Thai and Lao
        default: return last.properties.canonicalCombiningClass == .virama  // joins two consonants
        }
    }

    /// Whether this belongs to the same word as the previous character: punctuation that does not open, and UAX #14's
    /// class NS: small kana, length and repetition marks, and vowels written after their consonant.
    fileprivate var continuesWord: Bool {
        guard let first = unicodeScalars.first else { return false }
        if "\"'".unicodeScalars.contains(first) { return true }
        if isPunctuation { return !opensWord }
        if first.properties.generalCategory == .modifierLetter { return true }
        switch first {
        case "\u{31F0}"..."\u{31FF}", "\u{FF67}"..."\u{FF6F}": return true  // small Katakana
        case "\u{0E30}", "\u{0E32}", "\u{0E33}", "\u{0E45}": return true  // Thai
        case "\u{0EB0}", "\u{0EB2}", "\u{0EB3}": return true  // Lao
        default: return "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ".unicodeScalars.contains(first)
        }
    }
}
