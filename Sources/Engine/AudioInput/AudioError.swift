/// Why a file gives no audio to recognise.
public struct AudioError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable, Codable {
        /// There is nothing in the file, or not one sample.
        case empty = "audio_empty"
        /// The file is not audio, is damaged beyond use, or is in a form that is not accepted.
        case undecodable = "audio_undecodable"
        /// The system no longer gives the file, or a part of it: it is gone, or the disk fails. No fault of the client.
        case unreadable = "audio_unreadable"
        /// There is less than 0.1 s of sound.
        case tooShort = "audio_too_short"
        /// There is more sound than the limit allows.
        case tooLong = "audio_too_long"
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, on which file, and what to do; fit to be sent to a client.
    public let message: String
    /// What FFmpeg or the system said, if anything.
    public let cause: (any Error)?

    /// Collects what is known about a failure.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code and the message, for logs.
    public var description: String { "\(code.rawValue): \(message)" }
}
