/// Why a recording could not be transcribed.
public struct TranscriptionError: Error, Sendable, Equatable, Codable {
    /// The kinds of failure; the raw value is sent by the engine.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The file has no audio.
        case audioEmpty = "audio_empty"
        /// The file is no audio that can be decoded.
        case audioUndecodable = "audio_undecodable"
        /// The file can no longer be read: it was removed, or the disk fails.
        case audioUnreadable = "audio_unreadable"
        /// The audio is too short for speech.
        case audioTooShort = "audio_too_short"
        /// The audio is longer than allowed.
        case audioTooLong = "audio_too_long"
        /// The model does not support the language.
        case unsupportedLanguage = "unsupported_language"
        /// The model does not support one of the candidate languages.
        case unsupportedCandidate = "unsupported_candidate"
        /// The model does not support the task.
        case unsupportedTask = "unsupported_task"
        /// The request wants the recording cut at pauses, but the voice activity model is not usable.
        case detectorUnavailable = "detector_unavailable"
        /// The model failed on this audio.
        case recognitionFailed = "recognition_failed"
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, on which value, and what to do.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
