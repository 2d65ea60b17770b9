import SpeechTypes

/// The beginning of a provisional text on which two successive looks at the same audio agree (LocalAgreement-2).
///
/// A look's last words are uncertain, because the next sounds may change them; words that two looks with different
/// ends share rarely change.
struct LocalAgreement {
    private var last: [WrittenWord] = []
    private var agreed = 0

    /// Compares the next look with the one before.
    ///
    /// - Parameter text: The text of the open piece so far.
    /// - Returns: The words agreed on, if they are more than before; `nil` otherwise.
    mutating func receive(_ text: String) -> String? {
        let words = Script.words(in: text)
        defer { last = words }
        let common = zip(last, words).prefix { $0.text == $1.text }.count
        guard common > agreed else { return nil }
        agreed = common
        return words.prefix(common).reduce("") { $0 + ($1.followsSpace && !$0.isEmpty ? " " : "") + $1.text }
    }
}
