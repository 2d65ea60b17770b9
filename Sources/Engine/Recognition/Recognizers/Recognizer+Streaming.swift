import ModelFamilies
import SherpaOnnx

/// Audio that arrives, recognised by a model for streaming.
extension Recognizer {
    /// Makes a stream for one turn of speech after the other. Its own `recognizer` decodes it, alone or together with
    /// those of other sessions.
    ///
    /// - Returns: `nil` if the model takes complete segments only.
    /// - Throws: `RecognitionError` if the request's language or task is not supported, or the library fails.
    func makeStream(for request: RecognitionRequest) throws(RecognitionError) -> OnlineStream? {
        let tuning = try tuning(for: request)
        guard let recognizer = tuning.recognizer as? OnlineRecognizer else { return nil }
        do throws(SherpaOnnxError) {
            return try recognizer.makeStream(hotwords: tuning.hotwords)
        } catch {
            throw RecognitionError(.decodingFailed, "Model '\(model.name)' failed on a new stream: \(error.words)")
        }
    }
}
