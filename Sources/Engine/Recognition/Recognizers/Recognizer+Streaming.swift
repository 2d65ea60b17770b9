import ModelFamilies
import SherpaOnnx
import SpeechTypes

/// Audio that arrives, recognised by a model for streaming. Calls block; any thread may make them.
extension Recognizer {
    /// Makes a stream for one turn of speech after the other.
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

    /// Decodes all complete chunks that streams have, those of several sessions together.
    ///
    /// - Parameter streams: Streams of this model, which nothing else uses meanwhile.
    /// - Throws: `RecognitionError` if the library fails.
    func decode(_ streams: [OnlineStream]) throws(RecognitionError) {
        do throws(SherpaOnnxError) {
            try streams.first?.recognizer.decode(streams)
        } catch {
            throw RecognitionError(.decodingFailed, "Model '\(model.name)' failed on a stream: \(error.words)")
        }
    }
}
