import SpeechTypes
import Testing

@testable import AudioInput

/// WAV files that do not need FFmpeg, and WAV files that do.
@Suite struct PlainWAVTests {
    private func samples(of source: any AudioSource) throws -> [Float] {
        var samples: [Float] = []
        while try source.decode(into: &samples) {}
        return samples
    }

    @Test(arguments: ["en_digits_16k.wav", "noise_16k.wav", "silence_16k.wav"])
    func decodesTheSameSamplesAsFFmpeg(file: String) throws {
        let file = try InputFile(path: Fixtures.path(file))
        let plain = try #require(PlainWAV(file))
        let container = try FileSource(file)
        #expect(plain.declaredDuration == container.declaredDuration)
        let expected = try samples(of: container)
        #expect(try samples(of: plain) == expected)
        #expect(!expected.isEmpty)
    }

    @Test func leavesUnusualHeadersAndLengthsToFFmpeg() throws {
        let file = try Fixtures.bytes("en_digits_16k.wav")
        for place in 0..<44 {
            var changed = file
            changed[place] ^= 1
            try expectNotPlain(changed, "byte \(place)")
        }
        try expectNotPlain(file + [0], "a byte more")
        try expectNotPlain(file + [0, 0], "a sample more")
        try expectNotPlain(Array(file.dropLast(2)), "a sample less")
        try expectNotPlain(Array(file.prefix(43)), "half a header")
    }

    private func expectNotPlain(_ bytes: [UInt8], _ what: Comment) throws {
        let isPlain = try withFile(bytes) { path in PlainWAV(try InputFile(path: path)) != nil }
        #expect(!isPlain, what)
    }
}
