import SherpaOnnx
import SpeechTypes

/// The model that tells speech from all else, where it is installed.
public struct VoiceActivityModel: Sendable {
    private let path: String?
    /// What is wrong with it and what to do; `nil` if nothing is.
    public let fault: String?

    /// Looks at the model's file.
    ///
    /// - Parameter path: Where it is; `nil` if it is not installed.
    public init(path: String?) {
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

    /// A detector for one recording: it goes by what it has heard before.
    ///
    /// - Returns: `nil` if there is no model that can be used.
    /// - Throws: `TranscriptionError` if the model was good and is no longer.
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
