import Testing

@testable import AudioInput

/// Lost sound is reported, also in formats in which FFmpeg skips it silently.
@Suite struct LostSoundTests {
    static let formats = [
        "en_44k1_stereo.mp3", "zh_44k1.mp3", "en_48k_opus.webm", "en_48k_opus.ogg", "en_44k1_vorbis.ogg",
        "en_long_16k.flac", "en_44k1_aac.m4a",
    ]

    @Test(arguments: formats)
    func anIntactFileHasNoDamage(file: String) throws {
        #expect(try decode(Fixtures.path(file)).damagedPackets == 0)
    }

    @Test(arguments: formats.dropLast())
    func aCutIsReported(file: String) throws {
        let bytes = try Fixtures.bytes(file)
        for percent in [30, 60, 80, 95] {
            guard let result = try? decode(Array(bytes.prefix(bytes.count * percent / 100))) else { continue }
            #expect(result.damagedPackets > 0, "\(percent) %")
        }
    }

    @Test(arguments: formats)
    func aHoleIsReported(file: String) throws {
        let bytes = try Fixtures.bytes(file)
        let middle = bytes.count / 2
        for hole in [500, 2_000] {
            var overwritten = bytes
            overwritten.replaceSubrange(middle..<middle + hole, with: [UInt8](repeating: 0, count: hole))
            // If too little is left, the file is rejected, which reports the loss too.
            if let result = try? decode(overwritten) { #expect(result.damagedPackets > 0, "\(hole) zeros") }
            guard !file.hasSuffix("m4a") else { continue }  // its index has every place: all behind is noise
            let removed = Array(bytes[..<middle] + bytes[(middle + hole)...])
            if let result = try? decode(removed) { #expect(result.damagedPackets > 0, "\(hole) bytes less") }
        }
    }

    /// For compressed sound, the header states the length of the longest packet, so packets may be shorter.
    @Test func zerosInAnAVIAreReported() throws {
        var bytes = try Fixtures.bytes(container: "word_aac.avi")
        let index = try #require(bytes.firstRange(of: ascii("idx1"))).lowerBound
        let frames = bytes[..<index].ranges(of: ascii("00wb"))
        #expect(try decode(bytes).damagedPackets == 0)
        for frame in frames[8..<12] {
            let size = Int(UInt32(littleEndian: bytes[frame.upperBound..<frame.upperBound + 4]))
            let content = frame.upperBound + 4..<frame.upperBound + 4 + size
            bytes.replaceSubrange(content, with: [UInt8](repeating: 0, count: size))
        }
        #expect(try decode(bytes).damagedPackets > 0)
    }

    @Test func zerosInACompressedWAVAreReported() throws {
        let frameSize = 192
        func wav(_ sound: [UInt8]) -> [UInt8] {
            let format =
                little(UInt16(0x2000)) + little(UInt16(1)) + little(UInt32(32_000)) + little(UInt32(4_000))
                + little(UInt16(3_840)) + little(UInt16(0)) + little(UInt16(0))
            let chunks =
                ascii("fmt ") + little(UInt32(18)) + format + ascii("data") + little(UInt32(sound.count)) + sound
            return ascii("RIFF") + little(UInt32(chunks.count + 4)) + ascii("WAVE") + chunks
        }
        var sound = try Fixtures.bytes(container: "word.ac3")
        let whole = try decode(wav(sound))
        #expect(whole.damagedPackets == 0 && whole.seconds > 1)
        sound.replaceSubrange(8 * frameSize..<12 * frameSize, with: [UInt8](repeating: 0, count: 4 * frameSize))
        #expect(try decode(wav(sound)).damagedPackets > 0)
    }

    @Test func tagsAroundTheAudioAreNoDamage() throws {
        let sound = try Fixtures.bytes("en_44k1_stereo.mp3")
        let comment = ascii("TAG") + [UInt8](repeating: 0x41, count: 125)
        let ape =
            ascii("APETAGEX") + little(UInt32(2_000)) + little(UInt32(32)) + little(UInt32(0)) + [
                0, 0, 0, 0, 0, 0, 0, 0,
            ]
        let apeTag =
            ape.prefix(12) + little(UInt32(32)) + [UInt8](repeating: 0, count: 16) + [UInt8](repeating: 9, count: 32)
        for bytes in [
            id3Tag(pictureBytes: 5_000) + sound, sound + comment, sound + apeTag + comment,
            sound + id3Tag(pictureBytes: 10) + sound, sound + [UInt8](repeating: 0, count: 700),
        ] {
            #expect(try decode(bytes).damagedPackets == 0)
        }
    }

    @Test func chainedStreamsOfAnotherCodecAreDecoded() throws {
        let files = ["word.opus", "word.ogg", "word.opus"].map { Fixtures.container($0) }
        let bytes = try files.flatMap { try Fixtures.bytes(path: $0) }
        let result = try decode(bytes)
        #expect(abs(result.seconds - 3 * 1.073) < 0.02)
        #expect(result.loudStarts.count == 3)
        #expect(result.damagedPackets == 0)
    }

    @Test func anUndecodableChainedStreamIsReported() throws {
        let picture = oggPage([0x80] + ascii("theora") + [UInt8](repeating: 1, count: 40), beginsStream: true)
        let link = picture + oggPage([UInt8](repeating: 1, count: 40), beginsStream: false)
        let result = try decode(Fixtures.bytes(container: "word.opus") + link + Fixtures.bytes(container: "word.ogg"))
        #expect(abs(result.seconds - 2 * 1.073) < 0.02)
        #expect(result.damagedPackets > 0)
    }

    @Test func concatenatedWebMFilesAreDecoded() throws {
        let bytes = try Fixtures.bytes("en_48k_opus.webm")
        let once = try decode(bytes)
        let twice = try decode(bytes + bytes)
        #expect(abs(twice.seconds - 2 * once.seconds) < 0.01)
        #expect(twice.damagedPackets == 0)
    }

    /// A page with a valid checksum.
    private func oggPage(_ packet: [UInt8], beginsStream: Bool) -> [UInt8] {
        var page =
            ascii("OggS") + [0, beginsStream ? 2 : 0] + little(UInt64(0)) + little(UInt32(99)) + little(UInt32(0))
        page += little(UInt32(0)) + [1, UInt8(packet.count)] + packet
        let sum = page.reduce(UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte) << 24) { sum, _ in sum >> 31 == 1 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1 }
        }
        page.replaceSubrange(22..<26, with: little(sum))
        return page
    }
}
