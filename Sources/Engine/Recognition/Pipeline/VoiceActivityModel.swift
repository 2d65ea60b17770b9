import SherpaOnnx
import SpeechTypes

/// The voice activity model, if it is installed.
package struct VoiceActivityModel: Sendable {
    private let path: String?
    /// Why it cannot be used, and what to do; `nil` if it can.
    package let fault: String?

    /// Checks the model's file; the path is `nil` if it is not installed.
    package init(path: String?) {
        self.path = path
        guard let path else {
            fault = "The voice activity model, silero_vad_16k_op15.onnx, is not installed. Run: make install"
            return
        }
        do throws(SherpaOnnxError) {
            try VoiceActivityDetector.check(model: path)
            fault = nil
        } catch {
            fault = "The voice activity model '\(path)' cannot be used: \(error.words) Run: make install"
        }
    }

    /// Makes a detector for one recording, since it has state; `nil` if there is no usable model.
    func detector(threshold: Double) throws(TranscriptionError) -> VoiceActivityDetector? {
        guard fault == nil, let path else { return nil }
        do throws(SherpaOnnxError) {
            return try VoiceActivityDetector(model: path, threshold: Float(threshold))
        } catch {
            throw TranscriptionError(
                .recognitionFailed, "The voice activity model '\(path)' can no longer be loaded: \(error)")
        }
    }
}
