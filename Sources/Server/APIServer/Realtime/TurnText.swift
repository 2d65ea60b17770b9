import SpeechTypes

/// The text of one turn of a live session, and how much of it the client has been sent. Pure value.
///
/// Deltas only append. If a piece's final text contradicts words that were sent while it was open, its deltas stop
/// there, and the complete text of the turn corrects it.
struct TurnText {
    /// The final text of the pieces so far, with the details of their tokens.
    private(set) var transcript = Transcript()
    private var sent = ""

    /// Receives the agreed beginning of the open piece.
    ///
    /// - Returns: What to append to the text that was sent; empty for nothing.
    mutating func look(_ text: String) -> String {
        var provisional = transcript
        provisional.append(Transcript.Segment(start: .zero, end: .zero, text: text))
        return extend(to: provisional.text)
    }

    /// Receives the final text of the next piece.
    ///
    /// - Returns: What to append to the text that was sent; empty for nothing.
    mutating func piece(_ segments: [Transcript.Segment]) -> String {
        let before = transcript.text
        for segment in segments { transcript.append(segment) }
        let delta = extend(to: transcript.text)
        // Words of the open piece were contradicted: from here on, deltas continue the right text.
        if delta.isEmpty, !transcript.text.hasPrefix(sent) || transcript.text != sent, transcript.text != before {
            sent = transcript.text
        }
        return delta
    }

    /// As a model hears more, it may write the same words with other punctuation or capitals. Only the words that follow
    /// are sent then.
    private mutating func extend(to text: String) -> String {
        let delta: String
        if text.hasPrefix(sent) {
            delta = String(text.dropFirst(sent.count))
        } else {
            let said = Script.words(in: sent)
            let words = Script.words(in: text)
            guard said.count <= words.count, zip(said, words).allSatisfy({ $0.letters == $1.letters }) else {
                return ""
            }
            delta = words.dropFirst(said.count).map { ($0.followsSpace ? " " : "") + $0.text }.joined()
        }
        sent = text
        return delta
    }
}

extension WrittenWord {
    fileprivate var letters: String { text.filter(\.isSpoken).lowercased() }
}
