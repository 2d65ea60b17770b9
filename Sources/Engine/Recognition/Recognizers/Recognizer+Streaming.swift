import Essentials
import ModelFamilies
import SherpaOnnx
import SpeechTypes

/// The next audio of a stream, to be decoded.
struct StreamStep: Sendable {
    let stream: OnlineStream
    /// At 16 kHz.
    let samples: [Float]
    /// Whether the audio ends with these samples.
    let isLast: Bool
}

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

    /// Decodes the next audio of streams that equal requests made, in one call of the library. Blocks meanwhile. Nothing
    /// else may use the streams until this returns.
    ///
    /// - Parameters:
    ///   - steps: The audio; none of a stream twice.
    ///   - segments: Where in the recording the audio of each stream is.
    /// - Returns: For each stream, what all of its audio says so far.
    func advance(
        _ steps: [StreamStep], in segments: [SpeechSegment]
    ) -> [Result<[Transcript.Segment], RecognitionError>] {
        for step in steps {
            step.stream.accept(step.samples)
            if step.isLast { step.stream.finishInput() }
        }
        steps.first?.stream.recognizer.decode(steps.map(\.stream))
        return zip(steps, segments).map { step, segment in
            Result { () throws(RecognitionError) in
                do throws(SherpaOnnxError) {
                    return Transcript.Segment.segments(
                        try step.stream.result, of: segment, family: model.family, languages: languages.languages)
                } catch {
                    throw failure(error, in: segment)
                }
            }
        }
    }
}
