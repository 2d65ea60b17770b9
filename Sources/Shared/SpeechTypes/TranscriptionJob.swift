/// A recording to transcribe, with its options.
public struct TranscriptionJob: Sendable, Equatable, Codable {
    /// The path of the recording.
    public var path: String
    /// The file's name in messages: the client's name for it.
    public var fileName: String
    /// The requested language, if any.
    public var language: Language?
    /// The languages that may be spoken, if the request lists them: other detected languages are ignored. Unused if
    /// `language` is set.
    public var candidates: [Language]
    /// Transcription or translation; `nil` for the one in the model's options.
    public var task: SpeechTask?
    /// Hints about the words.
    public var hints: Hints
    /// The longest recording to accept.
    public var maximumDuration: Duration
    /// How to cut the recording; `nil` to cut it only if the model needs that.
    public var chunking: ChunkingStrategy?
    /// Whether the segments must have the model's tokens; without them, less is sent.
    public var needsTokens: Bool
    /// Whether the segments must have the times of speech. Without them, a recording that is not cut needs no detector.
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
