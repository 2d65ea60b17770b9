import SpeechTypes

extension Transcript {
    /// The answer of `response_format=srt`: numbered cues with a blank line between them.
    func subRip() -> String {
        cues().enumerated().map { index, cue in
            ([String(index + 1), cue.timing(decimalMark: ",")] + cue.lines).map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }
}
