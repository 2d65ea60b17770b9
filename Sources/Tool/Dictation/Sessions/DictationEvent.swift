import SpeechTypes

/// What happens in a session, for whoever shows it.
public enum DictationEvent: Sendable {
    /// The microphone is on, and which it is.
    case started(device: String)
    /// How loud it is, and how long it has been listened.
    case level(SoundLevel, Duration)
    /// Nothing more is listened to.
    case listened
    /// A recording is complete and its text is waited for; how long it is, if that is known.
    case transcribing(Duration?)
    /// The recording whose text is waited for turned out to be so long, if that is known.
    case length(Duration?)
    /// How a transcription goes on.
    case progress(TranscriptionProgress)
    /// A transcription has ended, well or not.
    case transcribed
    /// Something to know that is no fault.
    case note(String)
    /// Something that went wrong, while the work goes on.
    case warning(String)
}

/// Takes what happens. Called from any thread; returns at once.
public typealias DictationEvents = @Sendable (DictationEvent) -> Void
