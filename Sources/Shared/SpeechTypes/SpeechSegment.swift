/// A part of a recording that is recognised in one piece.
public struct SpeechSegment: Sendable, Equatable {
    /// Its start, in samples at 16 kHz from the start of the recording.
    public let offset: Int
    /// The audio.
    public let audio: AudioBuffer
    /// The stretches of speech in it, in samples from the start of the recording, in order; empty if no detector was
    /// run.
    public let stretches: [Range<Int>]

    /// Makes a segment.
    public init(offset: Int, audio: AudioBuffer, stretches: [Range<Int>] = []) {
        self.offset = offset
        self.audio = audio
        self.stretches = stretches
    }

    /// The range from the first to the last speech; `nil` if no detector was run.
    public var speech: Range<Int>? {
        guard let first = stretches.first, let last = stretches.last else { return nil }
        return first.lowerBound..<last.upperBound
    }

    /// Its start in the recording.
    public var start: Duration { Duration(samples: offset) }
    /// Its end in the recording.
    public var end: Duration { Duration(samples: offset + audio.samples.count) }
}
