public import SpeechTypes

/// What an answer repeats of the request it belongs to.
public struct RequestEcho: Sendable, Equatable {
    /// What was asked for.
    public var task: SpeechTask
    /// The language the request named, if it did.
    public var languageHint: Language?
    /// The sampling temperature asked for, 0…1.
    public var temperature: Double

    /// Collects what the answer repeats; the defaults are those of a request that sets nothing.
    public init(task: SpeechTask = .transcribe, languageHint: Language? = nil, temperature: Double = 0) {
        self.task = task
        self.languageHint = languageHint
        self.temperature = temperature
    }
}

extension Transcript {
    /// The language as answers name it: what the model heard, else what the request said, else `auto`.
    func languageName(hint: Language?) -> String {
        (language ?? hint)?.code ?? "auto"
    }
}
