extension SpeechSegment {
    /// Cuts this segment in two at the quietest point of its middle third. The halves do not tell where the speech is.
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
