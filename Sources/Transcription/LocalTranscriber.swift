public import SpeechRecognition
public import SpeechTypes

/// Transcribes in this process: for tests and benchmarks.
public struct LocalTranscriber: Transcriber {
    private let pipeline: TranscriptionPipeline

    /// Uses a loaded model with lanes of its own.
    public init(recognizer: Recognizer, lanes: Int, detector: VoiceActivityModel) {
        pipeline = TranscriptionPipeline(recognizer: recognizer, lanes: lanes, detector: detector)
    }

    /// Starts a transcription; letting go of its events ends it.
    public func transcribe(_ job: TranscriptionJob) -> TranscriptEvents {
        // Unbounded: a recording makes some hundred bytes of events for each second of sound.
        let (events, continuation) = TranscriptEvents.makeStream(bufferingPolicy: .unbounded)
        let work = Task { [pipeline] in
            do {
                try await pipeline.run(job) { events in
                    for event in events { continuation.yield(event) }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in work.cancel() }
        return events
    }
}
