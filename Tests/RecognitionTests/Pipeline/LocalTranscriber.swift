@testable import Recognition
import SpeechTypes

/// Transcribes in this process.
struct LocalTranscriber: Transcriber {
    private let pipeline: TranscriptionPipeline

    /// Uses a loaded model with lanes of its own.
    init(recognizer: Recognizer, lanes: Int, detector: VoiceActivityModel) {
        pipeline = TranscriptionPipeline(recognizer: recognizer, lanes: lanes, detector: detector)
    }

    /// Starts a transcription; releasing its events cancels it.
    func transcribe(_ job: TranscriptionJob) -> TranscriptEvents {
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
