import ModelFamilies
public import SpeechTypes

/// What a request wants of the recognition of its segments. Segments of equal requests may go through a model together.
public struct RecognitionRequest: Sendable, Hashable {
    /// What the request named; `nil` leaves it to the model's options.
    public var language: Language?
    /// What it wants made of the speech; `nil` leaves it to the model's options.
    public var task: SpeechTask?
    /// What it tells about the words; what the model cannot use of them is left out.
    public var hints: Hints

    /// Describes a request; one without wishes by default.
    public init(language: Language? = nil, task: SpeechTask? = nil, hints: Hints = Hints()) {
        self.language = language
        self.task = task
        self.hints = hints
    }
}
