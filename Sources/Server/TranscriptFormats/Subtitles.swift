import SpeechTypes

/// A subtitle cue: text and the time it is shown.
struct Cue: Equatable {
    /// When it appears and disappears, in milliseconds.
    let start, end: Int
    /// One or two lines of text; none is empty.
    let lines: [String]

    /// The longest time a cue is shown: 7 s, the common rule (Netflix, Timed Text Style Guide).
    static let longest = Duration.seconds(7)
    /// The shortest time, if the next cue allows it: five sixths of a second (the same guide).
    static let shortest = Duration.milliseconds(833)

    /// The two times in the notation of subtitle files: `00:00:01.000 --> 00:00:02.500`.
    func timing(decimalMark: String) -> String {
        "\(Self.timestamp(start, decimalMark: decimalMark)) --> \(Self.timestamp(end, decimalMark: decimalMark))"
    }

    /// A time in hours, minutes, seconds and milliseconds, each padded; hours may take more than two digits.
    static func timestamp(_ milliseconds: Int, decimalMark: String) -> String {
        func padded(_ number: Int, to width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let seconds = milliseconds / 1000
        let fields = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, to: 2) }
        return fields.joined(separator: ":") + decimalMark + padded(milliseconds % 1000, to: 3)
    }
}

extension Transcript {
    /// The transcript as subtitles: in order, not overlapping, within the recording.
    ///
    /// A cue lasts at least a millisecond, if the recording has a millisecond for each cue.
    func cues() -> [Cue] {
        let layouts = segments.flatMap { CueLayout($0).cues() }
        let nextStarts = layouts.dropFirst().map(\.start) + [duration]
        var clock = MillisecondClock(duration: duration)
        return zip(layouts, nextStarts).enumerated().map { index, pair in
            let (layout, nextStart) = pair
            let last = max(
                min(layout.end, layout.start + Cue.longest), min(nextStart, layout.start + Cue.shortest))
            let following = layouts.count - index - 1
            return Cue(
                start: clock.advance(to: layout.start, leaving: following + 1),
                end: clock.advance(to: last, atLeast: 1, leaving: following),
                lines: layout.lines)
        }
    }
}

extension Transcript {
    /// The response for `response_format=srt`: numbered cues, separated by blank lines.
    func subRip() -> String {
        cues().enumerated().map { index, cue in
            ([String(index + 1), cue.timing(decimalMark: ",")] + cue.lines).map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }
}

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
