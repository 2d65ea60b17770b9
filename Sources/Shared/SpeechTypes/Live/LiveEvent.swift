/// What an engine reports about a live session, in order. Positions are samples at 16 kHz since the session began.
package enum LiveEvent: Codable, Sendable, Equatable {
    /// The model takes the settings; audio is heard from now on.
    case ready(unusedHints: [Hints.Field])
    /// All audio up to this position, and all commands before it, have been processed.
    case heard(upTo: Int)
    /// A turn began, with this sample, because someone speaks or because the client ends turns and the last one is over.
    case turnBegan(turn: Int, at: Int, bySpeech: Bool)
    /// The speech of a turn ended, and the silence after it has lasted as long as the settings demand.
    case speechStopped(turn: Int, at: Int)
    /// The audio of a turn is complete, because the client committed it or the speaker paused.
    case committed(turn: Int, audio: Range<Int>, byClient: Bool)
    /// There was too little audio for a turn when the client committed it.
    case commitRefused
    /// A turn without speech ended without text, since turns are detected from now on.
    case dropped(turn: Int)
    /// The audio since the last turn was dropped, as the client asked.
    case cleared
    /// The beginning of the open piece's text, on which two successive looks agree; it may still change.
    case look(turn: Int, text: String)
    /// The text of a turn's next piece, which is final. `upTo` is the end of the piece.
    case piece(turn: Int, segments: [Transcript.Segment], upTo: Int)
    /// The text of a turn is complete.
    case completed(turn: Int, language: Language?)
    /// The work on a turn failed; the session goes on.
    case failed(turn: Int, error: TranscriptionError)
    /// A sign of life, once a second.
    case working
    /// All turns are complete, after `LiveCommand.finish`.
    case finished
}

/// What a live session's client asks of the engine, between its audio.
package enum LiveCommand: Codable, Sendable, Equatable {
    /// Hear the audio that follows with other settings.
    case update(LiveSettings)
    /// End the open turn.
    case commit
    /// Drop the audio since the last turn.
    case clear
    /// End the open turn, complete all texts, and end the session.
    case finish
}

/// The beginning of a live session in an engine, or of its rest in the next engine.
package struct LiveStart: Codable, Sendable, Equatable {
    /// How the audio is heard.
    package var settings: LiveSettings
    /// The position of the first sample that follows.
    package var position: Int
    /// The number of the open turn, or of the next one.
    package var turn: Int
    /// Where the open turn began; `nil` if none is open.
    package var openSince: Int?

    /// Makes a beginning.
    package init(settings: LiveSettings, position: Int = 0, turn: Int = 0, openSince: Int? = nil) {
        self.settings = settings
        self.position = position
        self.turn = turn
        self.openSince = openSince
    }
}
