import Foundation
import SherpaOnnx
import SpeechTypes

extension Transcript.Segment {
    /// Puts a model's result in its place in the recording.
    ///
    /// - Parameters:
    ///   - result: What the model said of the segment, with times from the segment's start.
    ///   - segment: What it was given.
    ///   - family: Whose result it is; times of a family that hears none are left out.
    ///   - languages: The codes the model may report; anything else, such as SenseVoice's `nospeech`, is no language.
    init(_ result: OfflineResult, of segment: SpeechSegment, family: ModelFamily, languages: [Language]) {
        let starts = (family.times == .none ? nil : result.timestamps).map { times in
            times.map { min(segment.start + .seconds(Double(max(0, $0))), segment.end) }
        }
        let code = result.language.trimmingCharacters(in: CharacterSet(charactersIn: "<|>"))
        self.init(
            start: starts?.first ?? segment.start,
            end: segment.end,
            text: Self.tidied(result.text),
            tokens: result.tokens.enumerated().map { index, text in
                Token(text: text, start: starts.flatMap { $0.indices.contains(index) ? $0[index] : nil })
            },
            language: languages.first { $0.code == code })
    }

    /// Trims, composes (NFC), and drops a text that is only a mark for non-speech, such as Whisper's `[BLANK_AUDIO]`.
    private static func tidied(_ text: String) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let isMark = trimmed.wholeMatch(of: /\[[\p{Lu}_ ]+\]/) != nil
        return isMark ? "" : trimmed.precomposedStringWithCanonicalMapping
    }
}
