/// One recording to transcribe, and how.
public struct TranscriptionJob: Sendable, Equatable, Codable {
    /// Where the recording is.
    public var path: String
    /// What messages call it: the client's name for the file.
    public var fileName: String
    /// The language the request named, if any.
    public var language: Language?
    /// The languages that may be spoken, if the request says so: a language that is detected counts only if it is among
    /// them. They are beside the point once `language` is named.
    public var candidates: [Language]
    /// What is to be made of the speech; `nil` leaves it to the model's options.
    public var task: SpeechTask?
    /// What the request tells about the words.
    public var hints: Hints
    /// The longest recording to accept.
    public var maximumDuration: Duration
    /// How the request wants the recording cut, if it does; else it is cut only where the model needs that.
    public var chunking: ChunkingStrategy?
    /// Whether the segments have the model's tokens. Text alone is less to send.
    public var needsTokens: Bool
    /// Whether the segments tell when somebody speaks. Text alone makes less work: a recording that the model hears whole
    /// needs no detector then.
    public var needsTimes: Bool

    /// Describes a job.
    public init(
        path: String, fileName: String, language: Language?, candidates: [Language] = [], task: SpeechTask? = nil,
        hints: Hints = Hints(), maximumDuration: Duration, chunking: ChunkingStrategy? = nil,
        needsTokens: Bool = true, needsTimes: Bool = true
    ) {
        self.path = path
        self.fileName = fileName
        self.language = language
        self.candidates = candidates
        self.task = task
        self.hints = hints
        self.maximumDuration = maximumDuration
        self.chunking = chunking
        self.needsTokens = needsTokens
        self.needsTimes = needsTimes
    }
}
