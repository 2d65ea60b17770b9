/// A part of a recording that is recognised in one piece.
package struct SpeechSegment: Sendable, Equatable {
    /// Its start, in samples at 16 kHz from the start of the recording.
    package let offset: Int
    package let audio: AudioBuffer
    /// The stretches of speech in it, in samples from the start of the recording, in order; empty if no detector was
    /// run.
    package let stretches: [Range<Int>]

    package init(offset: Int, audio: AudioBuffer, stretches: [Range<Int>] = []) {
        self.offset = offset
        self.audio = audio
        self.stretches = stretches
    }

    package var start: Duration { Duration(samples: offset) }
    package var end: Duration { Duration(samples: offset + audio.samples.count) }
}

extension SpeechSegment {
    /// The segment split at the quietest point of its middle third; `nil` if it is shorter than a second. The halves have
    /// no `stretches`.
    package func halved() -> (SpeechSegment, SpeechSegment)? {
        let samples = audio.samples
        guard samples.count >= AudioBuffer.sampleRate else { return nil }
        let index = QuietestPoint.index(in: samples, samples.count / 3..<samples.count * 2 / 3)
        return (
            SpeechSegment(offset: offset, audio: AudioBuffer(samples: Array(samples[..<index]))),
            SpeechSegment(offset: offset + index, audio: AudioBuffer(samples: Array(samples[index...])))
        )
    }
}

/// Finds the best point to cut audio.
package enum QuietestPoint {
    /// The length over which loudness is measured: about the shortest gap between words.
    static let frame = AudioBuffer.sampleRate / 10

    /// Finds the quietest tenth of a second in a range.
    ///
    /// Energy is summed over steps of 10 ms, so the result is a multiple of 160 samples from the start of the range. Of
    /// equally quiet points the last is returned, which keeps segments long.
    /// - Returns: The middle of that tenth of a second; the end of the range if the range is shorter.
    package static func index(in samples: [Float], _ range: Range<Int>) -> Int {
        let step = AudioBuffer.sampleRate / 100
        let stepsPerFrame = frame / step
        let energies = stride(from: range.lowerBound, to: range.upperBound - step + 1, by: step).map { start in
            samples[start..<start + step].reduce(Float.zero) { $0 + $1 * $1 }
        }
        guard energies.count >= stepsPerFrame else { return range.upperBound }
        var sum = energies[..<stepsPerFrame].reduce(0, +)
        var quietest = (sum: sum, step: 0)
        for first in 1..<max(1, energies.count - stepsPerFrame + 1) {
            sum = energies[first..<first + stepsPerFrame].reduce(0, +)
            if sum <= quietest.sum { quietest = (sum, first) }
        }
        return range.lowerBound + quietest.step * step + frame / 2
    }
}
