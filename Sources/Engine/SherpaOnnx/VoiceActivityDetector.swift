import CSherpaOnnx
import Crypto
import Essentials
import SpeechTypes

/// Detects speech with the Silero model, 32 ms at a time.
///
/// Not `Sendable`: the model keeps state from window to window.
package final class VoiceActivityDetector {
    /// The samples at 16 kHz that the model takes at once.
    package static let window = SpeechWindow.samples

    /// The SHA-256 of the only accepted model: sherpa-onnx ends the process on others, also of Silero
    /// (Tests/Fixtures/VERIFY.md). It is silero_vad_16k_op15.onnx of silero-vad 6.2.3 on PyPI.
    static let modelDigest = "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49"

    /// The library rejects thresholds closer to 0 and 1.
    private static let thresholds: ClosedRange<Float> = 0.02...0.98

    /// In seconds. The library keeps a speech segment until it ends; this limit keeps memory constant.
    private static let longestSegment: Float = 20

    private let pointer: OpaquePointer
    private var speechWindows = 0

    /// Checks that a file is the model.
    ///
    /// - Throws: `SherpaOnnxError` (`wrongModel`) if the file is missing, damaged, or another model.
    package static func check(model: String) throws(SherpaOnnxError) {
        guard let data = FileManager.default.contents(atPath: model) else {
            throw SherpaOnnxError(.wrongModel, printed: "The file cannot be read.")
        }
        guard SHA256.hash(data: data).hexadecimal == modelDigest else {
            throw SherpaOnnxError(
                .wrongModel, printed: "The file is not silero_vad_16k_op15.onnx of silero-vad 6.2.3, or is damaged.")
        }
    }

    /// Loads the model.
    ///
    /// - Parameters:
    ///   - model: The path of the model, which is checked.
    ///   - threshold: The probability from which a window is speech, 0…1; the model's authors recommend 0.5. Speech
    ///     ends when the probability falls 0.15 below (silero-vad, `get_speech_timestamps`). 0 and 1 count as 0.02 and
    ///     0.98.
    /// - Throws: `SherpaOnnxError` if the file is missing or another.
    package init(model: String, threshold: Float) throws(SherpaOnnxError) {
        try Self.check(model: model)
        let threshold = min(max(threshold, Self.thresholds.lowerBound), Self.thresholds.upperBound)
        let (created, printed) = LibraryMessages.during {
            model.withCString { model in
                "cpu".withCString { provider in
                    var configuration = SherpaOnnxVadModelConfig()
                    configuration.silero_vad.model = model
                    configuration.silero_vad.threshold = threshold
                    // The caller decides about pauses and short sounds; this reports each window as it is. Zero would
                    // mean the library's defaults, half a second and a quarter.
                    configuration.silero_vad.min_silence_duration = 0.001
                    configuration.silero_vad.min_speech_duration = 0.001
                    configuration.silero_vad.max_speech_duration = Self.longestSegment * 2
                    configuration.silero_vad.window_size = Int32(Self.window)
                    configuration.sample_rate = 16_000
                    configuration.num_threads = 1
                    configuration.provider = provider
                    return SherpaOnnxCreateVoiceActivityDetector(&configuration, Self.longestSegment * 3)
                }
            }
        }
        guard let created else { throw SherpaOnnxError(.notCreated, printed: printed) }
        pointer = created
    }

    deinit { SherpaOnnxDestroyVoiceActivityDetector(pointer) }

    /// Resets the state for another recording.
    package func reset() {
        SherpaOnnxVoiceActivityDetectorReset(pointer)
        speechWindows = 0
    }

    /// Whether the next `window` samples are speech. Takes well under a millisecond. The model needs confirmation, so
    /// it reports speech a window after its start.
    package func isSpeech(_ samples: ArraySlice<Float>) -> Bool {
        precondition(samples.count == Self.window, "The model takes \(Self.window) samples at once.")
        samples.withUnsafeBufferPointer {
            SherpaOnnxVoiceActivityDetectorAcceptWaveform(pointer, $0.baseAddress, Int32($0.count))
        }
        let isSpeech = SherpaOnnxVoiceActivityDetectorDetected(pointer) == 1
        speechWindows = isSpeech ? speechWindows + 1 : 0
        if Float(speechWindows * Self.window) >= Self.longestSegment * 16_000 {
            SherpaOnnxVoiceActivityDetectorFlush(pointer)
            speechWindows = 0
        }
        // Discard the library's segments.
        while SherpaOnnxVoiceActivityDetectorEmpty(pointer) == 0 { SherpaOnnxVoiceActivityDetectorPop(pointer) }
        return isSpeech
    }
}
