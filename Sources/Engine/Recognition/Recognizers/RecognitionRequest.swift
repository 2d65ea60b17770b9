import ModelFamilies
public import SpeechTypes

/// The recognition options of a request. Segments of equal requests may share a batch.
public struct RecognitionRequest: Sendable, Hashable {
    /// The language; `nil` for the one in the model's options.
    public var language: Language?
    /// Transcription or translation; `nil` for the one in the model's options.
    public var task: SpeechTask?
    /// Hints about the words; the model ignores those it cannot use.
    public var hints: Hints

    /// Makes the options; by default all are left to the model.
    public init(language: Language? = nil, task: SpeechTask? = nil, hints: Hints = Hints()) {
        self.language = language
        self.task = task
        self.hints = hints
    }
}
