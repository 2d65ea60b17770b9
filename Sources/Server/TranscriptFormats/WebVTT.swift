import SpeechTypes

extension Transcript {
    /// The answer of `response_format=vtt` (W3C, "WebVTT: The Web Video Text Tracks Format", section 4).
    func webVTT() -> String {
        cues().reduce("WEBVTT\n") { file, cue in
            let lines = cue.lines.map(\.escapedForWebVTT)
            return file + "\n" + ([cue.timing(decimalMark: ".")] + lines).map { $0 + "\n" }.joined()
        }
    }
}

extension String {
    /// The text as a cue may hold it: without what begins a tag or a reference, and so also without `-->`.
    fileprivate var escapedForWebVTT: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
