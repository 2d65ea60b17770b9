/// The last part of a recording, and where there is speech in it. Positions are samples from the start of the recording.
struct AudioHistory {
    private var samples: [Float] = []
    private var start: Int
    /// Stretches of speech that are in no segment yet.
    private var speech: [Range<Int>] = []

    /// Begins at a position.
    init(start: Int = 0) {
        self.start = start
    }

    /// How many samples are kept.
    var count: Int { samples.count }

    /// Where the recording ends, as far as it has come.
    var end: Int { start + samples.count }

    /// Where the last speech ends that is in no segment yet.
    var speechEnd: Int { speech.last?.upperBound ?? start }

    /// The sound in a range that has not been forgotten.
    subscript(range: Range<Int>) -> AudioBuffer {
        AudioBuffer(samples: Array(samples[range.lowerBound - start..<range.upperBound - start]))
    }

    /// Adds the next sound.
    ///
    /// - Returns: Where it lies.
    mutating func append(_ sound: ArraySlice<Float>, isSpeech: Bool) -> Range<Int> {
        let place = end..<end + sound.count
        samples += sound
        if isSpeech {
            let continues = speech.last?.upperBound == place.lowerBound
            let beginning = (continues ? speech.popLast() : nil)?.lowerBound ?? place.lowerBound
            speech.append(beginning..<place.upperBound)
        }
        return place
    }

    /// Lets go of the sound before a position; a second at a time, since the rest is moved.
    mutating func forget(before position: Int) {
        guard position - start >= AudioBuffer.sampleRate else { return }
        samples.removeFirst(position - start)
        start = position
    }

    /// The quietest point in a range.
    func quietestPoint(in range: Range<Int>) -> Int {
        start + QuietestPoint.index(in: samples, range.lowerBound - start..<range.upperBound - start)
    }

    /// Takes the speech up to the end of a range out.
    ///
    /// - Returns: The speech in the range, in order.
    mutating func takeSpeech(in range: Range<Int>) -> [Range<Int>] {
        let inside = speech.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
        speech = speech.map { max($0.lowerBound, range.upperBound)..<max($0.upperBound, range.upperBound) }
            .filter { !$0.isEmpty }
        return inside
    }
}
