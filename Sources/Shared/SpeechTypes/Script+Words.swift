/// A word as written in the text, with its punctuation.
struct WrittenWord {
    var text: String
    /// Whether there is a space before it.
    let followsSpace: Bool

    fileprivate mutating func append(_ next: WrittenWord) {
        text += next.followsSpace ? " " + next.text : next.text
    }
}

extension Script {
    /// Splits a text into words; joined, they are the text up to white space.
    ///
    /// Words are separated by spaces. In scripts without spaces, each character is a word, since finding words would
    /// need a dictionary. Detached punctuation belongs to the word before it, an opening mark to the one after.
    static func words(in text: String) -> [WrittenWord] {
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
