/// A stretch of a recording that is recognised in one piece.
public struct SpeechSegment: Sendable, Equatable {
    /// Where the stretch begins, in samples at 16 kHz from the start of the recording.
    public let offset: Int
    /// The sound itself.
    public let audio: AudioBuffer
    /// Where somebody speaks in it, from the first to the last speech, in samples from the start of the recording; `nil`
    /// where nobody asked a detector.
    public let speech: Range<Int>?

    /// Names a stretch of sound and its place in the recording.
    public init(offset: Int, audio: AudioBuffer, speech: Range<Int>? = nil) {
        self.offset = offset
        self.audio = audio
        self.speech = speech
    }

    /// When the stretch begins.
    public var start: Duration { Duration(samples: offset) }
    /// When the stretch ends.
    public var end: Duration { Duration(samples: offset + audio.samples.count) }
}
