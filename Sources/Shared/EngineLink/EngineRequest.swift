public import SpeechTypes

/// What the first frame of a connection to an engine asks for.
public enum EngineRequest: Codable, Sendable, Equatable {
    /// A recording's transcript. Letting go of the connection ends the work.
    case transcribe(TranscriptionJob)
    /// What the decode lanes are doing.
    case load
}

/// What an engine answers, in a frame for each.
public enum EngineReply: Codable, Sendable, Equatable {
    /// Events that came about at once, in order.
    case events([TranscriptEvent])
    /// The end: the recording's or the request's fault.
    case failed(TranscriptionError)
    /// The end: what the decode lanes are doing.
    case load(LaneLoad)
}
