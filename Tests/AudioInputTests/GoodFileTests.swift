import AudioInput
import Foundation
import SpeechTypes
import Testing

@Suite struct GoodFileTests {
    @Test func findsTheFixtures() {
        #expect(Fixtures.recordings.count > 20)
    }

    @Test(arguments: Fixtures.recordings)
    func decodesEveryFixtureToItsLength(recording: Fixtures.Recording) throws {
        let result = try decode(Fixtures.path(recording.file))
        let tolerance = recording.encoding.hasPrefix("PCM") || recording.encoding == "FLAC" ? 0.002 : 0.1
        #expect(abs(result.seconds - recording.duration) < tolerance)
        #expect(result.damagedPackets == 0)
        #expect(result.samples.allSatisfy { $0 >= -1 && $0 <= 1 })
        let isSilence = recording.file.hasPrefix("silence")
        #expect((result.level > 0.005) == !isSilence)
    }

    @Test func keepsEverySampleOfAPlainFile() throws {
        let file = "en_digits_16k.wav"
        let data = try Fixtures.bytes(file).dropFirst(44)
        let expected = stride(from: data.startIndex, to: data.endIndex - 1, by: 2).map { index in
            Float(Int16(bitPattern: UInt16(data[index]) | UInt16(data[index + 1]) << 8)) / 32_768
        }
        #expect(try decode(Fixtures.path(file)).samples == expected)
    }

    @Test func deliversOneSecondAtATime() throws {
        let result = try decode(Fixtures.path("session_60s.flac"))
        #expect(result.chunks == [Int](repeating: 16_000, count: 60))
        let uneven = try decode(Fixtures.path("en_digits_16k.wav"))
        #expect(uneven.chunks == [16_000, uneven.samples.count - 16_000])
    }

    @Test func returnsNothingAfterTheEnd() throws {
        var decoder = try AudioDecoder(path: Fixtures.path("en_digits_16k.wav"), name: "a")
        while try decoder.next() != nil {}
        #expect(try decoder.next() == nil)
    }

    @Test(arguments: [
        "en_44k1_aac.m4a", "en_48k_opus.webm", "en_44k1_vorbis.ogg", "en_44k1_stereo.mp3", "en_long_16k.flac",
    ])
    func detectsTheFormatRegardlessOfTheName(file: String) throws {
        let whole = try decode(Fixtures.path(file))
        #expect(try decode(Fixtures.bytes(file), name: "notes.txt").samples == whole.samples)
    }

    @Test(arguments: [1_000, 7_350, 11_025, 22_050, 44_101, 96_000, 192_000, 768_000])
    func resamplesAnyRate(rate: Int) throws {
        let result = try decode(WAV.tone(seconds: 0.25, rate: rate).bytes)
        #expect(abs(result.seconds - 0.25) < 0.005)
        #expect(abs(result.level - 0.3535) < 0.02)
    }

    @Test(arguments: [1, 2, 3, 6, 8, 9, 12, 16, 31, 64])
    func mixesAnyNumberOfChannelsWithoutMakingThemLouder(channels: Int) throws {
        let result = try decode(WAV.tone(seconds: 0.25, channels: channels).bytes)
        #expect(result.samples.count == 4_000)
        #expect(abs(result.level - 0.3535) < 0.001)
    }

    @Test(arguments: [3, 6, 12])
    func mixesChannelsWithoutPositionsEqually(channels: Int) throws {
        for loud in 0..<channels {
            let result = try decode(WAV.tone(seconds: 0.25, channels: channels, only: [loud]).bytes)
            #expect(abs(result.level - 0.3535 / Float(channels)) < 0.001, "channel \(loud)")
        }
    }

    @Test(arguments: [(3, 2), (0x3F, 6), (0x63F, 8), (0x2D003, 6), (0x3FFFF, 18)] as [(UInt32, Int)])
    func mixesKnownChannelLayouts(speakers: UInt32, channels: Int) throws {
        var wav = WAV.tone(channels: channels)
        wav.speakers = speakers
        let result = try decode(wav.bytes)
        #expect(result.samples.count == 16_000)
        #expect(result.level > 0.3 && result.level < 0.36)
    }

    @Test func replacesSamplesThatAreNotNumbers() throws {
        var wav = WAV.tone(rate: 48_000, encoding: .float32)
        let bad: [Int: Float] = [10_000: .nan, 20_000: .infinity, 30_000: -.infinity, 40_000: .greatestFiniteMagnitude]
        for (index, value) in bad {
            wav.data.replaceSubrange(index * 4..<index * 4 + 4, with: little(value.bitPattern))
        }
        let clean = try decode(WAV.tone(rate: 48_000, encoding: .float32).bytes)
        let result = try decode(wav.bytes)
        #expect(result.samples.allSatisfy { $0 >= -1 && $0 <= 1 })
        let changed = zip(result.samples, clean.samples).count { abs($0 - $1) > 0.01 }
        #expect(changed > 0 && changed < 100)
    }

    @Test(arguments: [100, 300_000, 2_000_000])
    func skipsCoverArt(pictureBytes: Int) throws {
        let mp3 = try decode(id3Tag(pictureBytes: pictureBytes) + Fixtures.bytes("en_44k1_stereo.mp3"))
        #expect(abs(mp3.seconds - 1.601) < 0.1)
        #expect(mp3.damagedPackets == 0)
        let flac = try decode(withCover(flac: Fixtures.bytes("en_long_16k.flac"), pictureBytes: pictureBytes))
        #expect(try flac.samples == decode(Fixtures.path("en_long_16k.flac")).samples)
    }

    @Test func decodesFormatsThatPhonesWrite() throws {
        let frame: [UInt8] = [0x04] + [UInt8](repeating: 0x5A, count: 12)  // AMR-NB, 4.75 kbit/s, 20 ms
        let amr = try decode(ascii("#!AMR\n") + [[UInt8]](repeating: frame, count: 50).flatMap { $0 })
        #expect(amr.samples.count == 16_000)

        let header = ascii(".snd") + [24, 0xFFFF_FFFF, 3, 8_000, 1].flatMap { big(UInt32($0)) }
        let au = try decode(header + (0..<8_000).flatMap { big(Int16($0 % 100) * 100) })
        #expect(au.samples.count == 16_000)
    }
}
