import SpeechTypes

extension Transcript {
    /// The response for `response_format=vtt` (W3C, "WebVTT: The Web Video Text Tracks Format", section 4).
    func webVTT() -> String {
        cues().reduce("WEBVTT\n") { file, cue in
            let lines = cue.lines.map(\.escapedForWebVTT)
            return file + "\n" + ([cue.timing(decimalMark: ".")] + lines).map { $0 + "\n" }.joined()
        }
    }
}

extension String {
    /// The text for a cue, with the beginnings of tags and references escaped, and so also `-->`.
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
