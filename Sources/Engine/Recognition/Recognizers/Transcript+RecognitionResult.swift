import Essentials
import ModelFamilies
import SherpaOnnx
import SpeechTypes

#if canImport(Darwin)
    import Foundation
#else
    @_spi(_Unicode) import Swift
#endif

extension Transcript.Segment {
    /// Converts a model's result to segments with times in the recording: one, or those that Whisper reports. Times of a
    /// family that reports none are dropped, and codes that are no language, such as SenseVoice's `nospeech`.
    static func segments(
        _ result: RecognitionResult, of segment: SpeechSegment, family: ModelFamily, languages: [Language]
    ) -> [Transcript.Segment] {
        let tokens = tokens(of: result, in: segment, family: family)
        let code = result.language.trimmed { "<|>".unicodeScalars.contains($0) }
        let language = languages.first { $0.code == code }
        guard !result.segments.isEmpty else {
            return [
                Transcript.Segment(
                    start: tokens.first?.start ?? segment.start, end: segment.end, text: tidied(result.text),
                    tokens: tokens, language: language)
            ]
        }
        return result.segments.indices.map { index in
            let part = result.segments[index]
            let start = segment.time(at: part.start)
            let following = result.segments.indices.contains(index + 1) ? result.segments[index + 1].start : .infinity
            let end = segment.time(at: part.duration > 0 ? part.start + part.duration : following)
            return Transcript.Segment(
                start: start, end: max(start, end), text: tidied(part.text), tokens: Array(tokens[part.tokens]),
                language: language)
        }
    }

    private static func tokens(of result: RecognitionResult, in segment: SpeechSegment, family: ModelFamily) -> [Token]
    {
        let hearsTimes = family.times != .none
        return result.tokens.indices.map { index in
            let start = hearsTimes ? result.timestamps?[index] : nil
            let duration = hearsTimes ? result.durations?[index] : nil
            let end = start.flatMap { start in duration.map { segment.time(at: start + $0) } }
            let begin = start.map { segment.time(at: $0) }
            return Token(
                text: result.tokens[index], start: begin,
                duration: end.flatMap { end in begin.map { max(.zero, end - $0) } },
                logProbability: result.logProbabilities.map { Double($0[index]) })
        }
    }

    /// Trims and composes (NFC) the text, or returns "" for a mark for non-speech, such as Whisper's `[BLANK_AUDIO]`.
    static func tidied(_ text: String) -> String {
        let trimmed = text.trimmed
        return isMark(trimmed) ? "" : trimmed.composed
    }

    /// Whether the text is capitals, spaces and `_` in brackets. The decoder's token limit may cut the mark off, as in
    /// `[BLANK_`. Not a regular expression: compiling one would take longer than the rest of the conversion.
    private static func isMark(_ text: String) -> Bool {
        guard text.hasPrefix("[") else { return false }
        var inside = text.dropFirst()
        if inside.last == "]" { inside.removeLast() }
        return !inside.isEmpty
            && inside.unicodeScalars.allSatisfy {
                $0 == "_" || $0 == " " || $0.properties.generalCategory == .uppercaseLetter
            }
    }
}

extension SpeechSegment {
    /// The time in the recording at an offset from the segment's start, limited to the segment.
    fileprivate func time(at seconds: Float) -> Duration {
        seconds.isFinite ? min(start + .seconds(clamped: Double(max(0, seconds))), end) : end
    }
}

extension String {
    /// The text in Unicode's normalization form C.
    ///
    /// On Linux, Foundation's implementation would link ICU. The standard library compares strings in this form, but
    /// has no public API for it yet.
    var composed: String {
        #if canImport(Darwin)
            precomposedStringWithCanonicalMapping
        #else
            var scalars = UnicodeScalarView()
            scalars.append(contentsOf: _nfc)
            return String(scalars)
        #endif
    }
}
