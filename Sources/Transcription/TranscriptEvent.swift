public import SpeechTypes

/// What a transcription reports while it goes on, in this order: segments, then one `done`; `working` at any time.
public enum TranscriptEvent: Sendable, Equatable {
    /// The next stretch, in order. Its text is empty where nobody spoke.
    case segment(Transcript.Segment)
    /// Nothing new, but the work goes on: about once a second.
    case working
    /// The end: how long the recording was, and how many of its packets were damaged and could not be heard.
    case done(duration: Duration, damagedPackets: Int)
}

/// Events as they come. Letting go of the stream ends the work.
public typealias TranscriptEvents = AsyncThrowingStream<TranscriptEvent, any Error>

/// Turns a recording into a transcript, here or in an engine process.
public protocol Transcriber: Sendable {
    /// Starts a transcription.
    ///
    /// - Returns: Its events. They end with `done`, or by throwing: `TranscriptionError` for what is the recording's or
    ///   the request's fault.
    func transcribe(_ job: TranscriptionJob) async throws -> TranscriptEvents
}
