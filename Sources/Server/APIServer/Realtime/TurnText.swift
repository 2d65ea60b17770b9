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

    private mutating func extend(to text: String) -> String {
        guard text.hasPrefix(sent) else { return "" }
        defer { sent = text }
        return String(text.dropFirst(sent.count))
    }
}
