import SpeechTypes

extension Transcript {
    /// The response for `response_format=srt`: numbered cues, separated by blank lines.
    func subRip() -> String {
        cues().enumerated().map { index, cue in
            ([String(index + 1), cue.timing(decimalMark: ",")] + cue.lines).map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }
}
