/// Finds the best point to cut audio.
public enum QuietestPoint {
    /// The length over which loudness is measured: about the shortest gap between words.
    static let frame = AudioBuffer.sampleRate / 10

    /// Finds the quietest tenth of a second in a range.
    ///
    /// Energy is summed over steps of 10 ms, so the result is a multiple of 160 samples from the start of the range. Of
    /// equally quiet points the last is returned, which keeps segments long.
    /// - Parameters:
    ///   - samples: Mono samples at 16 kHz.
    ///   - range: Indices of `samples`.
    /// - Returns: The middle of that tenth of a second; the end of the range if the range is shorter.
    public static func index(in samples: [Float], _ range: Range<Int>) -> Int {
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
