import AudioInput
import SpeechTypes
import Testing

/// Formats that Fixtures/audio lacks, intact and damaged.
@Suite struct ContainerTests {
    static let formats = [
        "word.ts", "word.avi", "word.mpeg", "word.wv", "word.ac3", "word.eac3", "word.tta", "word.voc", "word.sph",
    ]

    @Test(arguments: formats)
    func anIntactFileIsDecodedCompletely(file: String) throws {
        let result = try decode(Fixtures.container(file))
        #expect(abs(result.seconds - 1.073) < 0.1)
        #expect(result.loudStarts.count == 1)
        #expect(abs((result.loudStarts.first ?? 0) - 0.27) < 0.07, "\(result.loudStarts)")
        #expect(result.damagedPackets == 0)
    }

    @Test(arguments: formats)
    func aTruncationIsReported(file: String) throws {
        let bytes = try Fixtures.bytes(container: file)
        let result = try decode(Array(bytes.prefix(bytes.count * 6 / 10 + 1)))
        #expect(result.seconds < 1.05)
        #expect(result.damagedPackets > 0)
    }

    @Test(arguments: formats)
    func survivesFlippedBytes(file: String) throws {
        let bytes = try Fixtures.bytes(container: file)
        for seed in 0..<16 as Range<UInt64> {
            let flips = [1, 4, 40, 400][Int(seed % 4)]
            guard let result = try? decode(damaged(bytes, seed: seed, flips: flips, sparing: seed % 3 == 0 ? 0 : 64))
            else { continue }
            #expect(result.samples.allSatisfy { $0 >= -1 && $0 <= 1 })
        }
    }

    @Test(arguments: formats)
    func survivesTruncationAnywhere(file: String) throws {
        let bytes = try Fixtures.bytes(container: file)
        for end in stride(from: 1, to: bytes.count, by: bytes.count / 30 + 1) {
            _ = try refusal(Array(bytes.prefix(end)))  // throws what is no TranscriptionError
        }
    }
}
