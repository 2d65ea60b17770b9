import AudioInput
import Testing

/// Variants of the WAV family: how they state sizes, bit depths and byte orders.
@Suite struct WAVVariantTests {
    /// A chunk with the stated size, or its real one.
    private func chunk(_ name: String, _ content: [UInt8], stating size: UInt32? = nil) -> [UInt8] {
        ascii(name) + little(size ?? UInt32(content.count)) + content
    }

    private func format(kind: UInt16 = 1, bits: UInt16 = 16, room: UInt16 = 2) -> [UInt8] {
        little(kind) + little(UInt16(1)) + little(UInt32(16_000)) + little(UInt32(16_000) * UInt32(room))
            + little(room) + little(bits)
    }

    private func file(_ name: String, _ chunks: [UInt8], size: UInt32? = nil) -> [UInt8] {
        ascii(name) + little(size ?? UInt32(chunks.count + 4)) + ascii("WAVE") + chunks
    }

    private func ds64(_ size: UInt64) -> [UInt8] {
        chunk("ds64", little(size) + little(size) + little(UInt64(0)) + little(UInt32(0)))
    }

    private let tone = WAV.tone().data

    /// The tone's samples in other encodings.
    private func samples<Sample: FixedWidthInteger>(_ convert: (Int16) -> Sample) -> [UInt8] {
        stride(from: 0, to: tone.count, by: 2).flatMap { index in
            little(convert(Int16(bitPattern: UInt16(tone[index]) | UInt16(tone[index + 1]) << 8)))
        }
    }

    private func expectTone(_ bytes: [UInt8], damage: Int = 0, _ what: Comment) throws {
        let result = try decode(bytes)
        #expect(result.samples.count == 16_000, what)
        #expect(abs(result.level - 0.3535) < 0.001, what)
        #expect(result.damagedPackets == damage, what)
    }

    @Test func decodesAFileWrittenIntoAPipe() throws {
        let result = try decode(Fixtures.container("rf64_from_a_pipe.wav"))
        #expect(abs(result.seconds - 3.143) < 0.001)
        #expect(result.level > 0.08)
        #expect(result.damagedPackets == 0)
    }

    @Test(arguments: [0, 1, 0x7FFF_FFFF, 0x7FFF_FFDB, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFDB] as [UInt32])
    func aPlaceholderSizeIsNoDamage(size: UInt32) throws {
        for name in ["RIFF", "RF64", "BW64"] {
            try expectTone(
                file(name, chunk("fmt ", format()) + chunk("data", tone, stating: size)), "\(name) \(size)")
        }
    }

    @Test(arguments: [32_000, 0, .max, 1 << 63, (1 << 63) - 1] as [UInt64])
    func theSizeOfALongFileIsInItsOwnChunk(size: UInt64) throws {
        for name in ["RF64", "BW64"] {
            let chunks = ds64(size) + chunk("fmt ", format()) + chunk("data", tone, stating: .max)
            try expectTone(file(name, chunks, size: .max), "\(name) \(size)")
        }
    }

    @Test func aFileShorterThanItsHeaderSaysIsReportedAsCut() throws {
        try expectTone(
            file("RIFF", chunk("fmt ", format()) + chunk("data", tone, stating: 64_000)), damage: 1, "RIFF")
        try expectTone(
            file("RF64", ds64(64_000) + chunk("fmt ", format()) + chunk("data", tone, stating: .max)), damage: 1, "RF64"
        )
        try expectTone(Array(WAV.tone(seconds: 2).bytes.prefix(44 + 32_000)), damage: 1, "a plain file")
        let miscounted = file("RIFF", chunk("fmt ", format()) + chunk("data", tone, stating: 32_036))
        try expectTone(miscounted, "the size of the whole file in place of the sound's")
    }

    @Test(arguments: [(16, 2), (20, 4), (24, 4), (32, 4), (12, 2)] as [(UInt16, UInt16)])
    func samplesAreInTheUpperBitsOfTheirContainer(bits: UInt16, room: UInt16) throws {
        let data = room == 2 ? tone : samples { Int32($0) << 16 }
        let identifier: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        func extensible(_ bits: UInt16, valid: UInt16) -> [UInt8] {
            format(kind: 0xFFFE, bits: bits, room: room) + little(UInt16(22)) + little(valid) + little(UInt32(4))
                + little(UInt16(1)) + identifier
        }
        for content in [
            format(bits: bits, room: room), extensible(room * 8, valid: bits), extensible(bits, valid: bits),
        ] {
            try expectTone(file("RIFF", chunk("fmt ", content) + chunk("data", data)), "\(bits) in \(room) bytes")
        }
    }

    @Test func threeBytesMayHoldTwentyBits() throws {
        let data = stride(from: 0, to: tone.count, by: 2).flatMap { [0, tone[$0], tone[$0 + 1]] as [UInt8] }
        try expectTone(
            file("RIFF", chunk("fmt ", format(bits: 20, room: 3)) + chunk("data", data)), "20 bits in 3 bytes")
    }

    @Test func chunksMayBePaddedOrNot() throws {
        for padding in [[], [0]] as [[UInt8]] {
            let odd = chunk("note", [1, 2, 3, 4, 5]) + padding
            try expectTone(file("RIFF", odd + chunk("fmt ", format()) + chunk("data", tone)), "before the sound")
            let tail = chunk("LIST", ascii("INFOISFT") + little(UInt32(4)) + ascii("abcd"))
            let extra = chunk("data", tone + [7]) + padding + tail
            let result = try decode(file("RIFF", chunk("fmt ", format()) + extra))
            #expect(result.samples.count == 16_000)
        }
    }

    @Test(arguments: [18, 19, 20, 21])
    func theFormatChunkMayHaveAnOddLength(length: Int) throws {
        let content = format() + little(UInt16(length - 18)) + [UInt8](repeating: 0x7A, count: length - 18)
        let padded = chunk("fmt ", content) + [UInt8](repeating: 0, count: length % 2)
        try expectTone(file("RIFF", padded + chunk("data", tone)), "\(length)")
    }

    @Test(arguments: [(16, 2, 1), (24, 3, 1), (32, 4, 1), (32, 4, 3), (8, 1, 1)] as [(UInt16, Int, UInt16)])
    func theMostSignificantByteMayComeFirst(bits: UInt16, width: Int, kind: UInt16) throws {
        let data: [UInt8] =
            switch (width, kind) {
            case (1, _): stride(from: 1, to: tone.count, by: 2).map { tone[$0] ^ 0x80 }
            case (3, _): stride(from: 0, to: tone.count, by: 2).flatMap { [tone[$0 + 1], tone[$0], 0] }
            case (4, 3): samples { (Float($0) / 32_768).bitPattern.byteSwapped }
            case (4, _): samples { (Int32($0) << 16).byteSwapped }
            default: samples { $0.byteSwapped }
            }
        let fields = [
            big(kind), big(UInt16(1)), big(UInt32(16_000)), big(UInt32(16_000 * width)), big(UInt16(width)), big(bits),
        ].flatMap { $0 }
        func bigChunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            ascii(name) + big(UInt32(content.count)) + content
        }
        let chunks = ascii("WAVE") + bigChunk("fmt ", fields) + bigChunk("data", data)
        let result = try decode(ascii("RIFX") + big(UInt32(chunks.count)) + chunks)
        #expect(result.samples.count == 16_000)
        #expect(abs(result.level - 0.3535) < 0.003)
    }

    @Test(arguments: [nil, 0, 24, UInt64.max] as [UInt64?])
    func sonyWave64FilesAreDecodedWhateverTheirSizes(size: UInt64?) throws {
        let name: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
        let riff: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]
        func part(_ word: String, _ content: [UInt8], stating size: UInt64? = nil) -> [UInt8] {
            let padding = [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
            return ascii(word) + name + little(size ?? UInt64(content.count + 24)) + content + padding
        }
        func file(_ parts: [UInt8]) -> [UInt8] {
            ascii("riff") + riff + little(UInt64(parts.count + 40)) + ascii("wave") + name + parts
        }
        let sound = part("fmt ", format()) + part("data", tone, stating: size)
        try expectTone(file(sound), "\(size ?? 1)")
        // This chunk ends at the greatest number, and its padding would exceed it.
        _ = try refusal(file(part("junk", [], stating: UInt64(Int64.max) - 40) + sound))
    }

    @Test func aSecondRecordingInTheFileIsDecoded() throws {
        let first = WAV.tone().bytes
        let second = WAV.tone(seconds: 0.5, rate: 48_000, channels: 2).bytes
        let third = file("RF64", ds64(0) + chunk("fmt ", format()) + chunk("data", tone, stating: .max), size: .max)
        let result = try decode(first + second + third)
        #expect(abs(result.seconds - 2.5) < 0.001)
        #expect(abs(result.level - 0.3535) < 0.001)
        #expect(result.damagedPackets == 0)
        var tagged = WAV.tone()
        tagged.trailer = chunk("LIST", ascii("INFOISFT") + little(UInt32(4)) + ascii("abcd"))
        #expect(try decode(tagged.bytes + first).samples.count == 32_000)
    }

    @Test func anUndecodableSecondRecordingIsReported() throws {
        var game = WAV.tone().bytes
        game[20] = 0x61  // Duck DK4 ADPCM, which is not accepted
        let result = try decode(WAV.tone().bytes + game)
        #expect(result.samples.count == 16_000)
        #expect(result.damagedPackets == 1)
    }

    @Test func manyRecordingsInAFileTakeBoundedMemory() throws {
        let short = WAV(data: [UInt8](repeating: 1, count: 64)).bytes
        let result = try decode([[UInt8]](repeating: short, count: 300).flatMap { $0 })
        #expect(result.samples.count == 300 * 32)
    }
}
