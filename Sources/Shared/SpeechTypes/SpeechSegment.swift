/// A stretch of a recording that is recognised in one piece.
public struct SpeechSegment: Sendable, Equatable {
    /// Where the stretch begins, in samples at 16 kHz from the start of the recording.
    public let offset: Int
    /// The sound itself.
    public let audio: AudioBuffer
    /// Where somebody speaks in it, in samples from the start of the recording, in order; empty where nobody asked a
    /// detector.
    public let stretches: [Range<Int>]

    /// Names a stretch of sound and its place in the recording.
    public init(offset: Int, audio: AudioBuffer, stretches: [Range<Int>] = []) {
        self.offset = offset
        self.audio = audio
        self.stretches = stretches
    }

    /// From the first to the last speech; `nil` where nobody asked a detector.
    public var speech: Range<Int>? {
        guard let first = stretches.first, let last = stretches.last else { return nil }
        return first.lowerBound..<last.upperBound
    }

    /// When the stretch begins.
    public var start: Duration { Duration(samples: offset) }
    /// When the stretch ends.
    public var end: Duration { Duration(samples: offset + audio.samples.count) }
}
