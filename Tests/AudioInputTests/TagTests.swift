import AudioInput
import Testing

/// Tags before, behind and between recordings are no sound and no damage.
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
    ]

    @Test(arguments: [
        "word.wv", "word.tta", "word.ac3", "word.eac3", "word.ogg", "word.opus", "pauses.amr", "low_rate.mp3",
    ])
    func aTagBehindTheSoundIsNoDamage(file: String) throws {
        let bytes = try Fixtures.bytes(container: file)
        let whole = try decode(bytes)
        for (name, tag) in Self.tags {
            let result = try decode(bytes + tag)
            #expect(result.damagedPackets == 0, "\(name)")
            #expect(result.samples == whole.samples, "\(name)")
        }
    }

    @Test func aTagOrZerosBehindFLACAreNoDamage() throws {
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
        for (name, tag) in Self.tags where !name.hasPrefix("Lyrics3") {
            let result = try decode(first + tag + second)
            #expect(result.damagedPackets == 0, "\(name)")
            #expect(result.samples == expected, "\(name)")
        }
    }

    @Test func bytesThatAreNoTagAreStillDamage() throws {
        let sound = try Fixtures.bytes("en_44k1_stereo.mp3")
        let wrong = Self.items + [1] + Self.apeMark(version: 1_000, flags: 0)
        #expect(try decode(sound + wrong).damagedPackets > 0)
        #expect(try decode(sound + [UInt8](repeating: 0x41, count: 60)).damagedPackets > 0)
    }
}
