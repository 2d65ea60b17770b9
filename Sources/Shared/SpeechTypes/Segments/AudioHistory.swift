/// The last part of a recording with its speech. Positions are samples from the start of the recording.
package struct AudioHistory {
    private var samples: [Float] = []
    /// The position of the first sample that has not been dropped.
    package private(set) var start: Int
    /// Stretches of speech that are not in a segment yet.
    private var speech: [Range<Int>] = []

    package init(start: Int = 0) {
        self.start = start
    }

    var count: Int { samples.count }

    package var end: Int { start + samples.count }

    /// The end of the last speech that is not in a segment yet.
    package var speechEnd: Int { speech.last?.upperBound ?? start }

    /// The audio in a range, which must not have been dropped.
    package subscript(range: Range<Int>) -> AudioBuffer {
        AudioBuffer(samples: Array(samples[range.lowerBound - start..<range.upperBound - start]))
    }

    /// Appends audio, and returns its range.
    package mutating func append(_ sound: ArraySlice<Float>, isSpeech: Bool) -> Range<Int> {
        let place = end..<end + sound.count
        samples += sound
        if isSpeech {
            let continues = speech.last?.upperBound == place.lowerBound
            let beginning = (continues ? speech.popLast() : nil)?.lowerBound ?? place.lowerBound
            speech.append(beginning..<place.upperBound)
        }
        return place
    }

    /// Drops the audio before a position; at least a second at a time, since the rest must be moved.
    package mutating func forget(before position: Int) {
        guard position - start >= AudioBuffer.sampleRate else { return }
        samples.removeFirst(position - start)
        start = position
        speech.removeAll { $0.upperBound <= position }
    }

    package func quietestPoint(in range: Range<Int>) -> Int {
        start + QuietestPoint.index(in: samples, range.lowerBound - start..<range.upperBound - start)
    }

    /// Samples of speech after a position.
    package func speechCount(after position: Int) -> Int {
        speech.reduce(0) { $0 + max(0, $1.upperBound - max($1.lowerBound, position)) }
    }

    /// Removes the speech up to the end of a range, and returns that in the range, in order.
    package mutating func takeSpeech(in range: Range<Int>) -> [Range<Int>] {
        let inside = speech.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
        speech = speech.map { max($0.lowerBound, range.upperBound)..<max($0.upperBound, range.upperBound) }
            .filter { !$0.isEmpty }
        return inside
    }
}
