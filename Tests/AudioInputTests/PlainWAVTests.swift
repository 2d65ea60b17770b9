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

    @Test(arguments: [0, 1]) func aFileWithoutAHeaderIsAllSamples(extraBytes: Int) throws {
        let file = try Fixtures.bytes("en_digits_16k.wav")
        let expected = try decode(file).samples
        let samples = try withFile(file.dropFirst(44) + [UInt8](repeating: 7, count: extraBytes)) { path in
            var decoder = try AudioDecoder(path: path, name: "a", isRawPCM: true)
            #expect(decoder.declaredDuration == Duration(samples: expected.count))
            return try rest(of: &decoder)
        }
        #expect(samples == expected)
    }

    /// What looks like the beginning of a format is samples as well.
    @Test(arguments: ["en_digits_16k.wav", "en_digits_16k.flac", "bad_text.wav"])
    func samplesAreNotTakenForAnotherFormat(file: String) throws {
        let bytes = try Fixtures.bytes(file) + [UInt8](repeating: 0, count: 3200)
        let samples = try withFile(bytes) { path in
            var decoder = try AudioDecoder(path: path, name: "a", isRawPCM: true)
            return try rest(of: &decoder)
        }
        #expect(samples.count == bytes.count / 2)
        #expect(samples[0] == Float(Int16(littleEndian: bytes[..<2])) / 32768)
    }

    @Test(arguments: [
        (0, TranscriptionError.Code.audioEmpty), (1, .audioEmpty), (3198, .audioTooShort), (32_002, .audioTooLong),
    ])
    func samplesOfTheWrongLengthAreRefused(bytes: Int, code: TranscriptionError.Code) throws {
        let error = #expect(throws: TranscriptionError.self) {
            try withFile([UInt8](repeating: 1, count: bytes)) { path in
                var decoder = try AudioDecoder(path: path, name: "a", isRawPCM: true, maximumDuration: .seconds(1))
                _ = try rest(of: &decoder)
            }
        }
        #expect(error?.code == code)
    }

    private func rest(of decoder: inout AudioDecoder) throws -> [Float] {
        var samples: [Float] = []
        while let chunk = try decoder.next() { samples += chunk.samples }
        return samples
    }

    private func expectNotPlain(_ bytes: [UInt8], _ what: Comment) throws {
        let isPlain = try withFile(bytes) { path in PlainWAV(try InputFile(path: path)) != nil }
        #expect(!isPlain, what)
    }
}
