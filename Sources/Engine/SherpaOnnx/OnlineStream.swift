import CSherpaOnnx
import Essentials
import ModelFamilies

/// Audio that arrives, and the text of it so far. One thread at a time may use a stream.
///
/// A turn of speech is `accept` and `OnlineRecognizer.decode` in turns, then `finishInput`, `decode` and `result`;
/// `reset` begins the next one.
package final class OnlineStream: @unchecked Sendable {
    // Safe if one thread uses the stream at a time, as callers must ensure: the library's stream belongs to no thread.
    private(set) var pointer: OpaquePointer
    /// The recognizer that made the stream and decodes it.
    package let recognizer: OnlineRecognizer
    private let hotwords: [String]
    private var isFinished = false

    init(of recognizer: OnlineRecognizer, hotwords: [String]) throws(SherpaOnnxError) {
        self.recognizer = recognizer
        self.hotwords = hotwords
        pointer = try Self.make(by: recognizer, hotwords: hotwords)
        addSilence(recognizer.padding.lead)
    }

    deinit {
        SherpaOnnxDestroyOnlineStream(pointer)
    }

    /// Adds audio; nothing is decoded yet. Does nothing after `finishInput`: the library would take it, but the silence
    /// at the end would then be in the middle of a word.
    ///
    /// - Parameter samples: Mono samples at 16 kHz, finite.
    package func accept(_ samples: [Float]) {
        guard !isFinished, !samples.isEmpty else { return }
        SherpaOnnxOnlineStreamAcceptWaveform(pointer, 16_000, samples, Int32(clamping: samples.count))
    }

    /// Ends the audio, with the silence that the model needs behind the last word.
    package func finishInput() {
        guard !isFinished else { return }
        addSilence(recognizer.padding.tail)
        isFinished = true
        SherpaOnnxOnlineStreamInputFinished(pointer)
    }

    /// Begins anew, as if the stream were just made, with the same hotwords.
    ///
    /// The library's own reset would keep audio that is not decoded yet, the model's memory of the last turn, and the
    /// end of the audio.
    ///
    /// - Throws: `SherpaOnnxError` if the library makes no new stream; the old one then stays.
    package func reset() throws(SherpaOnnxError) {
        let new = try Self.make(by: recognizer, hotwords: hotwords)
        SherpaOnnxDestroyOnlineStream(pointer)
        pointer = new
        isFinished = false
        addSilence(recognizer.padding.lead)
    }

    /// The result so far, with times from the first sample.
    ///
    /// - Throws: `SherpaOnnxError` if the library returns none.
    package var result: RecognitionResult {
        get throws(SherpaOnnxError) {
            let (result, printed) = LibraryMessages.during {
                SherpaOnnxGetOnlineStreamResult(recognizer.pointer, pointer)
            }
            guard let result else { throw SherpaOnnxError(.decodingFailed, printed: printed) }
            defer { SherpaOnnxDestroyOnlineRecognizerResult(result) }
            return RecognitionResult(result.pointee, lead: Float(recognizer.padding.lead / .seconds(1)))
        }
    }

    /// Whether the stream has a complete chunk to decode.
    var isReady: Bool { SherpaOnnxIsOnlineStreamReady(recognizer.pointer, pointer) == 1 }

    private func addSilence(_ duration: Duration) {
        accept([Float](repeating: 0, count: Int(16_000 * (duration / .seconds(1)))))
    }

    private static func make(
        by recognizer: OnlineRecognizer, hotwords: [String]
    ) throws(SherpaOnnxError) -> OpaquePointer {
        let (created, printed) = LibraryMessages.during {
            hotwords.isEmpty
                ? SherpaOnnxCreateOnlineStream(recognizer.pointer)
                : SherpaOnnxCreateOnlineStreamWithHotwords(recognizer.pointer, hotwords.joined(separator: "/"))
        }
        guard let created else { throw SherpaOnnxError(.decodingFailed, printed: printed) }
        return created
    }
}
