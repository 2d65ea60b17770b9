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
    /// How the request wants the recording cut, if it does; else it is cut only where the model needs that.
    public var chunking: ChunkingStrategy?

    /// Describes a job.
    public init(
        path: String, fileName: String, language: Language?, maximumDuration: Duration,
        chunking: ChunkingStrategy? = nil
    ) {
        self.path = path
        self.fileName = fileName
        self.language = language
        self.maximumDuration = maximumDuration
        self.chunking = chunking
    }
}
