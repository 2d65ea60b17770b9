import AudioInput
import Foundation
import SpeechTypes
import Testing

@Suite struct DamageTests {
    static let formats = [
        "en_44k1_aac.m4a", "en_44k1_stereo.mp3", "en_44k1_vorbis.ogg", "en_48k_opus.ogg", "en_48k_opus.webm",
        "en_long_16k.flac", "en_digits_16k.wav", "en_22k05_float.wav", "en_8k_mulaw.wav",
    ]

    @Test(arguments: ["en_44k1_stereo.mp3", "en_44k1_aac.m4a"])
    func skipsAndCountsDamagedPackets(file: String) throws {
        var bytes = try Fixtures.bytes(file)
        let middle = bytes.count / 2
        bytes.replaceSubrange(middle..<middle + 3_000, with: [UInt8](repeating: 0xFF, count: 3_000))
        let whole = try decode(Fixtures.path(file))
        let result = try decode(bytes)
        #expect(result.damagedPackets > 0)
        #expect(result.seconds > whole.seconds / 2 && result.seconds < whole.seconds + 0.2)
    }

    @Test func refusesAFileWithoutDecodablePackets() throws {
        var bytes = try Fixtures.bytes("en_44k1_vorbis.ogg")
        bytes = try #require(
            oggPages(of: bytes).enumerated().map { index, page in
                index < 2 ? page : spoiled(page)
            }.reduce([]) { $0 + $1 })
        let error = try #require(try refusal(bytes))
        #expect(error.code == .audioUndecodable)
    }

    @Test(arguments: [
        "en_44k1_stereo.mp3", "en_48k_opus.ogg", "en_48k_opus.webm", "en_long_16k.flac", "en_digits_16k.wav",
    ])
    func decodesWhatIsLeftOfATruncatedFile(file: String) throws {
        let bytes = try Fixtures.bytes(file)
        let whole = try decode(bytes)
        var last = 1
        for percent in [60, 80] {
            let result = try decode(Array(bytes.prefix(bytes.count * percent / 100)))
            #expect(result.samples.count >= last && result.samples.count < whole.samples.count)
            last = result.samples.count
        }
    }

    @Test(arguments: formats)
    func survivesTruncationAnywhere(file: String) throws {
        let bytes = try Fixtures.bytes(file)
        let ends = Array(stride(from: 0, to: 200, by: 4)) + stride(from: 200, to: bytes.count, by: bytes.count / 25)
        for end in ends {
            let error = try refusal(Array(bytes.prefix(end)))  // throws what is no TranscriptionError
            if end == 0 { #expect(error?.code == .audioEmpty) }
            if end < 30 { #expect(error != nil) }
        }
    }

    @Test(arguments: formats)
    func survivesFlippedBytes(file: String) throws {
        let bytes = try Fixtures.bytes(file)
        var decoded = 0
        for seed in 0..<32 as Range<UInt64> {
            let flips = [1, 4, 40, 400][Int(seed % 4)]
            let result = try? decode(damaged(bytes, seed: seed, flips: flips, sparing: seed % 3 == 0 ? 0 : 64))
            guard let result else { continue }
            decoded += 1
            #expect(result.samples.allSatisfy { $0 >= -1 && $0 <= 1 })
        }
        #expect(decoded > 0)
    }

    @Test(arguments: [
        (["en_44k1_vorbis.ogg", "en_44k1_vorbis.ogg"], 0.05), (["en_48k_opus.ogg", "en_48k_opus.ogg"], 0.05),
        (["en_44k1_stereo.mp3", "zh_44k1.mp3"], 0.15), (["zh_44k1.mp3", "en_44k1_stereo.mp3"], 0.15),
    ])
    func continuesWithTheNextStreamInTheFile(files: [String], tolerance: Double) throws {
        let result = try decode(files.flatMap { try Fixtures.bytes($0) })
        let expected = try files.map { try decode(Fixtures.path($0)).seconds }.reduce(0, +)
        #expect(abs(result.seconds - expected) < tolerance)
    }

    /// Splits an Ogg file at its capture patterns.
    private func oggPages(of bytes: [UInt8]) -> [[UInt8]] {
        var pages: [[UInt8]] = []
        for index in bytes.indices {
            if bytes[index...].starts(with: ascii("OggS")) { pages.append([]) }
            pages[pages.count - 1].append(bytes[index])
        }
        return pages
    }

    /// The page with its packets overwritten by garbage.
    private func spoiled(_ page: [UInt8]) -> [UInt8] {
        let start = 27 + Int(page[26])
        return Array(page[..<start]) + [UInt8](repeating: 0xFF, count: page.count - start)
    }
}
