public import TranscriptFormats

/// What a server is asked.
public struct TranscriptionRequest: Sendable {
    /// The path of the recording.
    public var file: String
    /// The name the server is told; its ending may matter to servers that trust names.
    public var fileName: String
    /// The model; `nil` lets the server's list decide.
    public var model: String?
    /// The language of the speech.
    public var language: String?
    /// Context for models that use one.
    public var prompt: String?
    /// How the text comes back.
    public var format: ResponseFormat
    /// Whether the text is wanted piece by piece.
    public var isStreamed: Bool
    /// How long the recording lasts, if it is known: time limits grow with it.
    public var duration: Duration?

    /// Describes a request.
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
