/// What a transcription reports while it goes on, in this order: segments, then one `done`; `working` at any time.
public enum TranscriptEvent: Sendable, Equatable, Codable {
    /// The next stretch, in order. Its text is empty where nobody spoke.
    case segment(Transcript.Segment)
    /// Nothing new, but the work goes on: about once a second.
    case working
    /// The end, and what is known then.
    case done(RecordingSummary)
}

/// What is known of a recording, and of the request for it, once it has been heard to its end.
public struct RecordingSummary: Sendable, Equatable, Codable {
    /// How long the recording is.
    public var duration: Duration
    /// How many of its packets were damaged and could not be heard.
    public var damagedPackets: Int
    /// The fields of the request with hints that the model could not use, or not all of them.
    public var unusedHints: [Hints.Field]
    /// How long its first segment, once cut, waited for a decode lane; `nil` where there was no segment.
    public var laneWait: Duration?
    /// The language that was expected, where the model did not find it out: its only one, or one it was told and obeyed.
    public var language: Language?

    /// Sums a recording up.
    public init(
        duration: Duration = .zero, damagedPackets: Int = 0, unusedHints: [Hints.Field] = [], laneWait: Duration? = nil,
        language: Language? = nil
    ) {
        self.duration = duration
        self.damagedPackets = damagedPackets
        self.unusedHints = unusedHints
        self.laneWait = laneWait
        self.language = language
    }
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
