public import SpeechTypes

/// Cuts a recording into windows no longer than a model can hear, at the quietest point near each end.
///
/// Every sample given goes into exactly one window, in order. A recording that fits is one window.
public struct WindowCutter: Sendable {
    private let window: Int
    private var pending: [Float] = []
    private var offset = 0

    /// The shortest window: a shorter rest joins the window before it.
    static let shortest = AudioBuffer.sampleRate / 10

    /// Makes a cutter for windows of at most `window`, which must be longer than a fifth of a second.
    public init(window: Duration) {
        self.window = window.samples
    }

    /// Takes the next samples.
    ///
    /// - Returns: The windows that are complete, usually none or one.
    public mutating func receive(_ audio: AudioBuffer) -> [SpeechSegment] {
        pending += audio.samples
        var complete: [SpeechSegment] = []
        while pending.count >= window + Self.shortest { complete.append(cut()) }
        return complete
    }

    /// Ends the recording.
    ///
    /// - Returns: The windows still to come: none, one or two.
    public mutating func finish() -> [SpeechSegment] {
        var rest: [SpeechSegment] = []
        if pending.count > window { rest.append(cut()) }
        if !pending.isEmpty { rest.append(take(pending.count)) }
        return rest
    }

    /// Looks for quiet in the last third of the window, so that windows stay long.
    private mutating func cut() -> SpeechSegment {
        let end = min(window, pending.count - Self.shortest)
        return take(QuietestPoint.index(in: pending, end - window / 3..<end))
    }

    private mutating func take(_ count: Int) -> SpeechSegment {
        let segment = SpeechSegment(offset: offset, audio: AudioBuffer(samples: Array(pending.prefix(count))))
        pending.removeFirst(count)
        offset += count
        return segment
    }
}

extension SpeechSegment {
    /// Cuts this segment in two at the quietest point of its middle third.
    ///
    /// - Returns: `nil` if it is too short to cut: under a second.
    public func halved() -> (SpeechSegment, SpeechSegment)? {
        let samples = audio.samples
        guard samples.count >= AudioBuffer.sampleRate else { return nil }
        let index = QuietestPoint.index(in: samples, samples.count / 3..<samples.count * 2 / 3)
        return (
            SpeechSegment(offset: offset, audio: AudioBuffer(samples: Array(samples[..<index]))),
            SpeechSegment(offset: offset + index, audio: AudioBuffer(samples: Array(samples[index...])))
        )
    }
}
