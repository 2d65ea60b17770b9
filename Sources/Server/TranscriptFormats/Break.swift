import SpeechTypes

/// The kind of break between two words, ordered from the best place to cut a text to the worst.
enum Break: Int {
    case sentenceEnd
    /// A comma, a colon, a dash.
    case punctuation
    case pause
    case space
    /// Between characters of a script without spaces, or inside a word that is too long.
    case character

    /// A silence that a listener notices; shorter ones occur within phrases.
    static let noticeableSilence = Duration.milliseconds(500)

    init(after word: Word, before next: Word) {
        let end = word.text.unicodeScalars.last { !$0.closes }
        if end?.properties.isSentenceTerminal == true {
            self = .sentenceEnd
        } else if let end, !Character(end).isSpoken {
            self = .punctuation
        } else if next.start - word.end > Self.noticeableSilence {
            self = .pause
        } else {
            self = next.followsSpace ? .space : .character
        }
    }
}

extension Unicode.Scalar {
    /// Whether this is a quotation mark or a closing bracket, which is skipped to find the punctuation before it.
    fileprivate var closes: Bool {
        properties.isQuotationMark || properties.generalCategory == .closePunctuation
    }
}
