public import SpeechTypes

/// One recording to transcribe, and how.
public struct TranscriptionJob: Sendable, Equatable {
    /// Where the recording is.
    public var path: String
    /// What messages call it: the client's name for the file.
    public var fileName: String
    /// The language the request named, if any.
    public var language: Language?
    /// The longest recording to accept.
    public var maximumDuration: Duration

    /// Describes a job.
    public init(path: String, fileName: String, language: Language?, maximumDuration: Duration) {
        self.path = path
        self.fileName = fileName
        self.language = language
        self.maximumDuration = maximumDuration
    }
}
