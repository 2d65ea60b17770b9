import AudioInput
import Testing

/// Formats other than WAV whose headers state the size of the sound, from writers that do not know it or count it
/// differently.
@Suite struct StatedSizeTests {
    private static let samples = WAV.tone().data

    private static let bigEndian = stride(from: 0, to: samples.count, by: 2).flatMap { [samples[$0 + 1], samples[$0]] }

    /// 16 kHz, in ten bytes.
    private static func rate(_ hertz: UInt32) -> [UInt8] {
        let exponent = 31 - hertz.leadingZeroBitCount
        return big(UInt16(16_383 + exponent)) + big(UInt64(hertz) << (63 - exponent))
    }

    private static func chunk(_ name: String, _ content: [UInt8], stating size: UInt32? = nil) -> [UInt8] {
        ascii(name) + big(size ?? UInt32(content.count)) + content
    }

    private static func aiff(stating size: UInt32?, channels: UInt16 = 1, count: UInt32? = nil) -> [UInt8] {
        let frames = count ?? (size.map { ($0 - 8) / 2 } ?? UInt32(bigEndian.count / 2)) / UInt32(channels)
        let common = big(channels) + big(frames) + big(UInt16(16)) + rate(16_000)
        let chunks = chunk("COMM", common) + chunk("SSND", [UInt8](repeating: 0, count: 8) + bigEndian, stating: size)
        return ascii("FORM") + big(size ?? UInt32(chunks.count + 4)) + ascii("AIFF") + chunks
    }

    private static func au(stating size: UInt32) -> [UInt8] {
        ascii(".snd") + [24, size, 3, 16_000, 1].flatMap { big(UInt32($0)) } + bigEndian
    }

    private static func caf(stating size: Int64) -> [UInt8] {
        let description =
            big(Double(16_000).bitPattern) + ascii("lpcm") + [0, 2, 1, 1, 16].flatMap { big(UInt32($0)) }
        return ascii("caff") + [0, 1, 0, 0] + ascii("desc") + big(Int64(32)) + description + ascii("data") + big(size)
            + [0, 0, 0, 0] + bigEndian
    }

    private func expectTone(_ bytes: [UInt8], damage: Int = 0, _ what: Comment) throws {
        let result = try decode(bytes)
        #expect(result.samples.count == 16_000, what)
        #expect(abs(result.level - 0.3535) < 0.001, what)
        #expect(result.damagedPackets == damage, what)
    }

    @Test(arguments: [nil, 0x7F00_0000, 0x7F00_0008, 0x7FFF_0000, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32?])
    func anAIFFMayBeWrittenIntoAPipe(size: UInt32?) throws {
        try expectTone(Self.aiff(stating: size), "\(size ?? 0)")
    }

    @Test(arguments: [0x7F00_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, 32_000] as [UInt32])
    func anAUMayBeWrittenIntoAPipe(size: UInt32) throws {
        try expectTone(Self.au(stating: size), "\(size)")
    }

    @Test(arguments: [-1, 32_004] as [Int64])
    func aCAFMayExtendToTheEndOfTheFile(size: Int64) throws {
        try expectTone(Self.caf(stating: size), "\(size)")
    }

    @Test func aFileShorterThanItsHeaderSaysIsReportedAsCut() throws {
        try expectTone(Self.aiff(stating: 64_008, count: 32_000), damage: 1, "AIFF")
        try expectTone(Self.au(stating: 64_000), damage: 1, "AU")
        try expectTone(Self.caf(stating: 64_004), damage: 1, "CAF")
    }

    /// Recorders start a new file a little before 2 or 4 GB.
    @Test(arguments: [0x7FF0_0000, 0x7F80_0000, 0xFFF0_0000] as [UInt32])
    func aSizeNearAPlaceholdersIsUsed(size: UInt32) throws {
        try expectTone(Self.aiff(stating: size), damage: 1, "AIFF")
        // FFmpeg rejects AU files of more than 2 GB.
        if size < 1 << 31 { try expectTone(Self.au(stating: size), damage: 1, "AU") }
        var wav = WAV.tone()
        wav.statedLength = size
        try expectTone(wav.bytes, damage: 1, "WAV")
    }

    /// Ten blocks of GSM 6.10, with or without the padding byte that makes the size even.
    @Test(arguments: [true, false])
    func aPadByteAfterAudioBlocksIsNoDamage(isCounted: Bool) throws {
        let blocks = [UInt8](repeating: 0, count: 65 * 9)
        let format =
            little(UInt16(0x31)) + little(UInt16(1)) + little(UInt32(8_000)) + little(UInt32(1_625))
            + little(UInt16(65)) + little(UInt16(0)) + little(UInt16(2)) + little(UInt16(320))
        let size = little(UInt32(blocks.count + (isCounted ? 1 : 0)))
        let chunks = ascii("fmt ") + little(UInt32(format.count)) + format + ascii("data") + size + blocks + [0]
        let wav = ascii("RIFF") + little(UInt32(chunks.count + 4)) + ascii("WAVE") + chunks
        let result = try decode(wav)
        #expect(abs(result.seconds - 9 * 0.04) < 0.001)
        #expect(result.damagedPackets == 0)
    }

    /// For compressed sound in AIFF, some writers count samples and some count packets.
    @Test(arguments: [9, 9 * 160] as [UInt32])
    func anAIFFMayCountPacketsOrFrames(count: UInt32) throws {
        let frames = [[UInt8]](repeating: [0xD0] + [UInt8](repeating: 0, count: 32), count: 9).flatMap { $0 }
        let common = big(UInt16(1)) + big(count) + big(UInt16(16)) + Self.rate(8_000) + ascii("GSM ") + [0, 0]
        let sound = Self.chunk("SSND", [UInt8](repeating: 0, count: 8) + frames)
        let chunks = Self.chunk("FVER", big(UInt32(0xA280_5140))) + Self.chunk("COMM", common) + sound
        let file = ascii("FORM") + big(UInt32(chunks.count + 4)) + ascii("AIFC") + chunks
        let longest = Duration.seconds(1)
        for bytes in [file, file + [0]] {
            let result = try decode(bytes, longest: longest)
            #expect(abs(result.seconds - 9 * 0.02) < 0.001)
            #expect(result.damagedPackets == 0)
        }
        #expect(try decode(Array(file.dropLast(33 * 3))).damagedPackets == 1)
    }
}
