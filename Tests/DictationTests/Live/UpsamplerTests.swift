import Foundation
import Testing

@testable import Dictation

@Suite struct UpsamplerTests {
    private func sine(_ frequency: Double, rate: Double, count: Int) -> [Float] {
        (0..<count).map { Float(0.8 * sin(2 * .pi * frequency * Double($0) / rate)) }
    }

    /// The largest difference from the true sine, away from both ends.
    private func error(_ frequency: Double) -> Float {
        var upsampler = Upsampler()
        let output = upsampler.receive(sine(frequency, rate: 16_000, count: 8000)) + upsampler.finish()
        let truth = sine(frequency, rate: 24_000, count: output.count)
        return zip(output, truth).dropFirst(100).dropLast(100).map { abs($0 - $1) }.max() ?? 1
    }

    @Test(arguments: [50.0, 300, 1000, 3400, 6000])
    func speechKeepsItsShape(frequency: Double) { #expect(error(frequency) < 0.002) }

    @Test(arguments: [0, 1, 2, 3, 511, 512, 1600])
    func theLengthIsHalfAsMuchAgain(count: Int) {
        var upsampler = Upsampler()
        let sound = [Float](repeating: 0.5, count: count)
        #expect((upsampler.receive(sound) + upsampler.finish()).count == (count * 3 + 1) / 2)
        // Nothing of one sound gets into the next.
        #expect(upsampler.receive([Float](repeating: 0, count: 100)).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [1, 7, 160, 512])
    func piecesGiveTheSameAsTheWhole(size: Int) {
        let sound = sine(440, rate: 16_000, count: 3000)
        var (whole, pieces) = (Upsampler(), Upsampler())
        var output: [Float] = []
        for start in stride(from: 0, to: sound.count, by: size) {
            output += pieces.receive(Array(sound[start..<min(sound.count, start + size)]))
        }
        #expect(output + pieces.finish() == whole.receive(sound) + whole.finish())
    }
}
