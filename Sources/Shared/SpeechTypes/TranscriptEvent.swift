/// An event of a transcription, in this order: segments, then one `done`; `length` and `working` at any time before.
package enum TranscriptEvent: Sendable, Equatable, Codable {
    /// The next segment, in order. Its text is empty if there is no speech in it.
    case segment(Transcript.Segment)
    /// The recording's length by its header, if it states one; sent once, and only if the work takes longer than a second.
    case length(Duration)
    /// The work continues; sent about once a second.
    case working
    case done(RecordingSummary)
}

/// A summary of a recording and its request, known at the end.
package struct RecordingSummary: Sendable, Equatable, Codable {
    package var duration: Duration
    /// The number of damaged packets, which could not be decoded.
    package var damagedPackets: Int
    /// The fields of the request with hints that the model could not use, wholly or in part.
    package var unusedHints: [Hints.Field]
    /// How long the first segment waited for a decode lane after it was cut; `nil` if there was no segment.
    package var laneWait: Duration?
    /// The assumed language, if the model did not detect it: its only one, or the one it was set to.
    package var language: Language?

    package init(
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
package typealias TranscriptEvents = AsyncThrowingStream<TranscriptEvent, any Error>

/// Transcribes recordings, in this process or in an engine.
package protocol Transcriber: Sendable {
    /// Starts a transcription. Its events end with `done`, or by throwing: `TranscriptionError` if the recording or the
    /// request cannot be processed.
    func transcribe(_ job: TranscriptionJob) async throws -> TranscriptEvents
}

/// Why a recording could not be transcribed.
package struct TranscriptionError: Error, Sendable, Equatable, Codable {
    /// The kinds of failure; the raw value is sent by the engine.
    package enum Code: String, Sendable, Codable, CaseIterable {
        case audioEmpty = "audio_empty"
        /// The file is no audio that can be decoded.
        case audioUndecodable = "audio_undecodable"
        /// The file can no longer be read: it was removed, or the disk fails.
        case audioUnreadable = "audio_unreadable"
        case audioTooShort = "audio_too_short"
        case audioTooLong = "audio_too_long"
        case unsupportedLanguage = "unsupported_language"
        case unsupportedCandidate = "unsupported_candidate"
        case unsupportedTask = "unsupported_task"
        /// The request wants the recording cut at pauses, but the voice activity model is not usable.
        case detectorUnavailable = "detector_unavailable"
        case recognitionFailed = "recognition_failed"
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
