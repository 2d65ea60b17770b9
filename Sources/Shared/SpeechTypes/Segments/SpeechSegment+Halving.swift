extension SpeechSegment {
    /// Splits this segment at the quietest point of its middle third. The halves have no `stretches`.
    ///
    /// - Returns: `nil` if it is shorter than a second.
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
