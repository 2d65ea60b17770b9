import CSherpaOnnx
import Essentials

package struct RecognitionResult: Sendable, Equatable {
    package let text: String
    /// The model's tokens; a whisper token may be part of a UTF-8 character, replaced here by U+FFFD.
    package let tokens: [String]
    /// Start times of the tokens in seconds from the start of the waveform; `nil` if the family reports none.
    package let timestamps: [Float]?
    /// Durations of the tokens, in seconds; `nil` if the family reports none.
    package let durations: [Float]?
    /// The natural logarithms of the tokens' probabilities; `nil` if the family reports none.
    package let logProbabilities: [Float]?
    /// The language as the family writes it (`<|en|>` in SenseVoice, `en` in Whisper); empty if it reports none.
    package let language: String
    /// The segments that Whisper reports if segment timestamps are enabled; otherwise empty.
    package let segments: [Segment]

    package struct Segment: Sendable, Equatable {
        package let text: String
        /// In seconds from the start of the waveform.
        package let start: Float
        /// In seconds; 0 if the model reports none.
        package let duration: Float
        /// The indices of its tokens in the result.
        package let tokens: Range<Int>
    }

    init(_ result: SherpaOnnxOfflineRecognizerResult) {
        let count = Int(result.count)
        text = result.text.map { String(cString: $0) } ?? ""
        language = result.lang.map { String(cString: $0) } ?? ""
        let pieces = CStrings(result.tokens_arr, count: count)
        tokens = pieces.texts
        timestamps = Self.numbers(result.timestamps, count)
        durations = Self.numbers(result.durations, count)
        logProbabilities = Self.numbers(result.ys_log_probs, count)
        segments = Self.segments(of: result, tokenLengths: pieces.lengths)
    }

    /// Converts a result of an online stream with this many seconds of silence before its audio.
    init(_ result: SherpaOnnxOnlineRecognizerResult, lead: Float) {
        text = result.text.map { String(cString: $0) } ?? ""
        tokens = CStrings(result.tokens_arr, count: Int(result.count)).texts
        timestamps = Self.numbers(result.timestamps, Int(result.count))?.map { max(0, $0 - lead) }
        durations = nil
        logProbabilities = nil
        language = ""
        segments = []
    }

    private static func numbers(_ start: UnsafePointer<Float>?, _ count: Int) -> [Float]? {
        start.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }

    /// The text of a segment is the concatenation of its tokens, so the lengths in bytes assign tokens to segments.
    private static func segments(
        of result: SherpaOnnxOfflineRecognizerResult, tokenLengths: [Int]
    ) -> [Segment] {
        let count = Int(result.segment_count)
        guard let starts = numbers(result.segment_timestamps, count),
            let durations = numbers(result.segment_durations, count)
        else { return [] }
        let pieces = CStrings(result.segment_texts_arr, count: count)
        var next = 0
        return pieces.texts.indices.map { index in
            let first = next
            var bytes = 0
            while next < tokenLengths.count, bytes < pieces.lengths[index] || index == count - 1 {
                bytes += tokenLengths[next]
                next += 1
            }
            return Segment(
                text: pieces.texts[index], start: starts[index], duration: durations[index], tokens: first..<next)
        }
    }
}

private struct CStrings {
    var texts: [String] = []
    /// In bytes, before replacement.
    var lengths: [Int] = []

    init(_ array: UnsafePointer<UnsafePointer<CChar>?>?, count: Int) {
        guard let array else { return }
        for pointer in UnsafeBufferPointer(start: array, count: count) {
            texts.append(pointer.map { String(cString: $0) } ?? "")
            lengths.append(pointer.map { strlen($0) } ?? 0)
        }
    }
}
