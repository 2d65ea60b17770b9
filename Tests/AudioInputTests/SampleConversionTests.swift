import CFFmpeg
import Foundation
import Testing

@testable import AudioInput

@Suite struct SampleConversionTests {
    /// The pieces in which a microphone delivers its samples.
    @Test(arguments: [44_100, 48_000, 8_000], [160, 441, 1_000])
    func aMicrophonesRateIsConvertedPieceByPiece(rate: Int, piece: Int) throws {
        let conversion = try SampleConversion(
            from: SampleFormat(rate: rate, channels: 1, encoding: AV_SAMPLE_FMT_FLTP), toRate: 16_000)
        let tone = (0..<rate).map { Float(sin(Double($0) * 440 * 2 * .pi / Double(rate)) / 2) }
        var samples: [Float] = []
        for start in stride(from: 0, to: rate, by: piece) {
            samples += try conversion.convert(Array(tone[start..<min(start + piece, rate)]))
        }
        #expect((15_900...16_000).contains(samples.count), "\(samples.count)")
        let inner = samples.dropFirst(200).dropLast(200)
        let level = (inner.reduce(0) { $0 + $1 * $1 } / Float(inner.count)).squareRoot()
        #expect(abs(level - 0.3535) < 0.005)
    }
}
