public import SpeechTypes

/// The request in the first frame of a connection to an engine.
public enum EngineRequest: Codable, Sendable, Equatable {
    /// Transcribe a recording. Closing the connection cancels the work.
    case transcribe(TranscriptionJob)
    /// Report the state of the decode lanes.
    case load
}

/// A reply of an engine, in a frame of its own.
public enum EngineReply: Codable, Sendable, Equatable {
    /// Events that occurred together, in order.
    case events([TranscriptEvent])
    /// The last reply: why the recording was not transcribed.
    case failed(TranscriptionError)
    /// The last reply: the state of the decode lanes.
    case load(LaneLoad)
}
