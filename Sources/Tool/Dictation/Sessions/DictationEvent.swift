import SpeechTypes

/// An event of a session, for display.
public enum DictationEvent: Sendable {
    /// The microphone with this name is on.
    case started(device: String)
    /// The current level, and how long the session has listened.
    case level(SoundLevel, Duration)
    /// Listening has ended.
    case listened
    /// A recording is complete and is being transcribed; its length, if known.
    case transcribing(Duration?)
    /// The length of the recording that is being transcribed, if known.
    case length(Duration?)
    /// The progress of a transcription.
    case progress(TranscriptionProgress)
    /// A transcription has ended, with or without success.
    case transcribed
    /// A note that is not about a failure.
    case note(String)
    /// A failure after which the work goes on.
    case warning(String)
}

/// Receives the events. Called from any thread; returns at once.
public typealias DictationEvents = @Sendable (DictationEvent) -> Void
