public import SpeechTypes

/// The fields of a request that its response repeats.
public struct RequestEcho: Sendable, Equatable {
    /// The requested task.
    public var task: SpeechTask
    /// The requested sampling temperature, 0…1.
    public var temperature: Double

    /// Sets the fields; the defaults are those of a request that sets nothing.
    public init(task: SpeechTask = .transcribe, temperature: Double = 0) {
        self.task = task
        self.temperature = temperature
    }
}

extension Transcript {
    /// The language in responses; `auto` if it is not known.
    var languageName: String { language?.code ?? "auto" }
}
