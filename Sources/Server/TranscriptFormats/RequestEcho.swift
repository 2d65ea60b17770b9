public import SpeechTypes

/// What an answer repeats of the request it belongs to.
public struct RequestEcho: Sendable, Equatable {
    /// What was asked for.
    public var task: SpeechTask
    /// The sampling temperature asked for, 0…1.
    public var temperature: Double

    /// Collects what the answer repeats; the defaults are those of a request that sets nothing.
    public init(task: SpeechTask = .transcribe, temperature: Double = 0) {
        self.task = task
        self.temperature = temperature
    }
}

extension Transcript {
    /// The language as answers name it; `auto` where nobody knows.
    var languageName: String { language?.code ?? "auto" }
}
