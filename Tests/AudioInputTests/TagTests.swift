import Testing

@testable import AudioInput

/// Tags before, after and between recordings are neither sound nor damage.
@Suite struct TagTests {
    private static let v1 = ascii("TAG") + ascii("title") + [UInt8](repeating: 0, count: 120)
    private static let items = little(UInt32(6)) + little(UInt32(0)) + ascii("Title\0Speech")

    /// The header or the footer of an APE tag.
    private static func apeMark(version: UInt32, flags: UInt32) -> [UInt8] {
        ascii("APETAGEX") + little(version) + little(UInt32(items.count + 32)) + little(UInt32(1)) + little(flags)
            + [UInt8](repeating: 0, count: 8)
    }

    static let tags: [String: [UInt8]] = [
        "ID3v1": v1,
        "extended ID3v1": ascii("TAG+") + [UInt8](repeating: 0x41, count: 223) + v1,
        "APEv1": items + apeMark(version: 1_000, flags: 0),
        "APEv2 with a footer": items + apeMark(version: 2_000, flags: 0),
        "APEv2 and ID3v1": apeMark(version: 2_000, flags: 0xA000_0000) + items
            + apeMark(version: 2_000, flags: 0x8000_0000) + v1,
        "Lyrics3": ascii("LYRICSBEGINLYR00011hello world000030LYRICS200"),
        "Lyrics3 and ID3v1": ascii("LYRICSBEGINLYR00011hello world000030LYRICS200") + v1,
        "Lyrics3 of version 1": ascii("LYRICSBEGIN[00:01]hello world\r\nLYRICSEND") + v1,
    ]

    @Test(arguments: [
        "word.wv", "word.tta", "word.ac3", "word.eac3", "word.ogg", "word.opus", "pauses.amr", "low_rate.mp3",
    ])
    func aTagAfterTheAudioIsNoDamage(file: String) throws {
        let bytes = try Fixtures.bytes(container: file)
        let whole = try decode(bytes)
        for (name, tag) in Self.tags {
            let result = try decode(bytes + tag)
            #expect(result.damagedPackets == 0, "\(name)")
            #expect(result.samples == whole.samples, "\(name)")
        }
    }

    @Test func aTagOrZerosAfterFLACAreNoDamage() throws {
        let bytes = try Fixtures.bytes("en_long_16k.flac")
        let whole = try decode(bytes)
        let zeros = [UInt8](repeating: 0, count: 5_000)
        for tail in Self.tags.values + [zeros, zeros + Self.v1] {
            let result = try decode(bytes + tail)
            #expect(result.damagedPackets == 0)
            #expect(result.samples == whole.samples)
        }
        #expect(try decode(bytes + ascii("something else that is no tag")).damagedPackets == 1)
    }

    @Test func aTagBetweenTwoRecordingsEndsTheFirst() throws {
        let first = try Fixtures.bytes("en_44k1_stereo.mp3")
        let second = try Fixtures.bytes("zh_44k1.mp3")
        let expected = try decode(first).samples + decode(second).samples
        for (name, tag) in Self.tags {
            let result = try decode(first + tag + second)
            #expect(result.damagedPackets == 0, "\(name)")
            #expect(result.samples == expected, "\(name)")
        }
    }

    @Test func otherTrailingBytesAreDamage() throws {
        let sound = try Fixtures.bytes("en_44k1_stereo.mp3")
        let wrong = Self.items + [1] + Self.apeMark(version: 1_000, flags: 0)
        #expect(try decode(sound + wrong).damagedPackets > 0)
        #expect(try decode(sound + [UInt8](repeating: 0x41, count: 60)).damagedPackets > 0)
    }

    /// ID3; APE with a header; Lyrics3 without an end, with an end that states another size, and with an end too far
    /// away.
    @Test(arguments: [
        ascii("ID3") + [4, 0, 0, 0x7F, 0x7F, 0x7F, 0x7F], ascii("APETAGEX") + [UInt8](repeating: 0x7F, count: 24),
        ascii("LYRICSBEGINhello"), ascii("LYRICSBEGINhello000100LYRICS200"),
        ascii("LYRICSBEGIN") + [UInt8](repeating: 0x41, count: 6_000) + ascii("LYRICSEND"),
    ])
    func aFalseTagDoesNotEndTheRecording(tag: [UInt8]) throws {
        let first = try Fixtures.bytes("en_44k1_stereo.mp3")
        let second = try Fixtures.bytes("zh_44k1.mp3")
        let expected = try decode(first).seconds + decode(second).seconds
        let result = try decode(first + tag + second)
        #expect(result.damagedPackets > 0)
        #expect(result.seconds > expected - 0.1)
        #expect(try decode(first + tag).damagedPackets > 0)
    }

    /// In samples at our rate. FFmpeg may add the bytes after the last frame to that frame, and then fails to decode
    /// it.
    private static let frameOfAC3 = 768

    @Test(arguments: ["word.ac3", "word.tta"])
    func aFooterHidesNoAudio(file: String) throws {
        let bytes = try Fixtures.bytes(container: file)
        let whole = try decode(bytes)
        let ape = ascii("APETAGEX") + little(UInt32(1_000)) + little(UInt32(3_000))
        for footer in [
            ascii("003000LYRICS200"), ascii("LYRICSEND"),
            ape + little(UInt32(1)) + [UInt8](repeating: 0, count: 12),
        ] {
            let result = try decode(bytes + footer)
            #expect(result.samples.count >= whole.samples.count - Self.frameOfAC3)
            #expect(result.samples.count == whole.samples.count || result.damagedPackets > 0)
        }
    }

    /// An mp3 file of the smallest frames, with other bytes between them and at the end.
    @Test(arguments: [
        "A", "TAG", "ID3 claims", "LYRICSBEGIN", "LYRICS200", "APETAGEX", "LYRICSBEGIN000017LYRICS200",
        "LYRICSBEGINLYRICSEND",
    ])
    func aFileIsReadAFewTimesAtMost(gap: String) throws {
        let frame = [0xFF, 0xF3, 0x14, 0xC4] + [UInt8](repeating: 0, count: 20)
        let group = frame + frame + frame + ascii(gap)
        let groups = [[UInt8]](repeating: group, count: 4_000).flatMap { $0 }
        for end in ["", "LYRICS200", "LYRICSEND", "TAG"].map(ascii) + [Self.apeMark(version: 1_000, flags: 0)] {
            try withFile(groups + end) { path in
                let file = try InputFile(path: path)
                let layout = FileLayout(of: file)
                #expect(layout.damage > 0 || layout.parts.count > 1)
                #expect(file.bytesRead < 8 * Int(file.size), "\(String(decoding: end, as: UTF8.self))")
            }
        }
    }
}
