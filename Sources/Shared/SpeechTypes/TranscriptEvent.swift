/// An event of a transcription, in this order: segments, then one `done`; `working` at any time.
public enum TranscriptEvent: Sendable, Equatable, Codable {
    /// The next segment, in order. Its text is empty if there is no speech in it.
    case segment(Transcript.Segment)
    /// The work continues; sent about once a second.
    case working
    /// The end, with a summary.
    case done(RecordingSummary)
}

/// A summary of a recording and its request, known at the end.
public struct RecordingSummary: Sendable, Equatable, Codable {
    /// The length of the recording.
    public var duration: Duration
    /// The number of damaged packets, which could not be decoded.
    public var damagedPackets: Int
    /// The fields of the request with hints that the model could not use, wholly or in part.
    public var unusedHints: [Hints.Field]
    /// How long the first segment waited for a decode lane after it was cut; `nil` if there was no segment.
    public var laneWait: Duration?
    /// The assumed language, if the model did not detect it: its only one, or the one it was set to.
    public var language: Language?

    /// Makes a summary.
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

/// The stream of events. Releasing it cancels the work.
public typealias TranscriptEvents = AsyncThrowingStream<TranscriptEvent, any Error>

/// Transcribes recordings, in this process or in an engine.
public protocol Transcriber: Sendable {
    /// Starts a transcription.
    ///
    /// - Returns: Its events. They end with `done`, or by throwing: `TranscriptionError` if the recording or the
    ///   request cannot be processed.
    func transcribe(_ job: TranscriptionJob) async throws -> TranscriptEvents
}
