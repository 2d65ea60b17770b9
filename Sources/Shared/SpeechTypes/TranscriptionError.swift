/// A transcription that ended because of its recording or its request.
public struct TranscriptionError: Error, Sendable, Equatable, Codable {
    /// Why; the raw value goes over the link to the engine.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// There is no sound in the file.
        case audioEmpty = "audio_empty"
        /// The file is no audio that we can read.
        case audioUndecodable = "audio_undecodable"
        /// The system no longer gives the file: somebody removed it, or the disk fails.
        case audioUnreadable = "audio_unreadable"
        /// The sound is too short to hold speech.
        case audioTooShort = "audio_too_short"
        /// The sound is longer than allowed.
        case audioTooLong = "audio_too_long"
        /// The model does not know the language.
        case unsupportedLanguage = "unsupported_language"
        /// The model does not know one of the languages that may be spoken.
        case unsupportedCandidate = "unsupported_candidate"
        /// The model cannot do what is wanted with the speech.
        case unsupportedTask = "unsupported_task"
        /// The request wants the recording cut at pauses, and what finds them is not installed.
        case detectorUnavailable = "detector_unavailable"
        /// The model failed on this sound.
        case recognitionFailed = "recognition_failed"
    }

    /// Why.
    public let code: Code
    /// What failed, on which value, and what to do.
    public let message: String

    /// Names a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
