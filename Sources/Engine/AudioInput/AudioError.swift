/// Why a file has no audio to recognise.
public struct AudioError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable, Codable {
        /// The file is empty, or has no samples.
        case empty = "audio_empty"
        /// The file is not audio, is damaged beyond use, or is in a form that is not accepted.
        case undecodable = "audio_undecodable"
        /// The file, or a part of it, cannot be read: it was removed, or the disk fails. Not the client's fault.
        case unreadable = "audio_unreadable"
        /// There is less than 0.1 s of audio.
        case tooShort = "audio_too_short"
        /// The audio is longer than the limit.
        case tooLong = "audio_too_long"
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, on which file, and what to do; may be sent to a client.
    public let message: String
    /// The error of FFmpeg or the system, if any.
    public let cause: (any Error)?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code and the message, for logs.
    public var description: String { "\(code.rawValue): \(message)" }
}
