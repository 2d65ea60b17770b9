public import TranscriptFormats

/// A request for a transcript.
public struct TranscriptionRequest: Sendable {
    /// The path of the recording.
    public var file: String
    /// The file name that is sent; some servers derive the format from its extension.
    public var fileName: String
    /// The model; `nil` chooses from the server's list.
    public var model: String?
    /// The language of the speech.
    public var language: String?
    /// Context for models that use one.
    public var prompt: String?
    /// The format of the transcript.
    public var format: ResponseFormat
    /// Whether the text is to be streamed.
    public var isStreamed: Bool
    /// The length of the recording, if it is known: timeouts grow with it.
    public var duration: Duration?

    /// Creates a request.
    public init(
        file: String, fileName: String? = nil, model: String? = nil, language: String? = nil, prompt: String? = nil,
        format: ResponseFormat = .text, isStreamed: Bool = false, duration: Duration? = nil
    ) {
        self.file = file
        self.fileName = fileName ?? file.split(separator: "/").last.map(String.init) ?? "audio"
        self.model = model
        self.language = language
        self.prompt = prompt
        self.format = format
        self.isStreamed = isStreamed
        self.duration = duration
    }
}
