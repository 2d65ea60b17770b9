import Foundation

/// A QuickTime movie without sound of its own: it claims that its samples are in another file.
struct Movie {
    let reference: String
    let address: String

    var data: Data {
        let track = atom("trak", full("tkhd", zeros(8), big(UInt32(1)), zeros(68)), media)
        let header = full("mvhd", zeros(8), big(Self.rate), big(Self.samples), zeros(80))
        return atom("ftyp", Data("qt  ".utf8), zeros(4), Data("qt  ".utf8)) + atom("moov", header, track)
    }

    private static let rate: UInt32 = 16_000
    private static let samples: UInt32 = 16_000

    private var media: Data {
        let references = full("dref", big(UInt32(2)), full("alis", alias), full("url ", Data(address.utf8), Data([0])))
        return atom(
            "mdia", full("mdhd", zeros(8), big(Self.rate), big(Self.samples), zeros(4)),
            full("hdlr", Data("mhlrsoun".utf8), zeros(13)),
            atom("minf", full("smhd", zeros(4)), atom("dinf", references), sampleTable))
    }

    /// A second of 16-bit samples in one chunk, at the offset at which the sound of a plain WAV file starts.
    private var sampleTable: Data {
        let one = big(UInt32(1))
        let format = atom(
            "sowt", zeros(6), big(UInt16(1)), zeros(8), big(UInt16(1)), big(UInt16(16)), zeros(4),
            big(Self.rate << 16))
        return atom(
            "stbl", full("stsd", one, format), full("stts", one, big(Self.samples), one),
            full("stsc", one, one, big(Self.samples), one), full("stsz", big(UInt32(2)), big(Self.samples)),
            full("stco", one, big(UInt32(44))))
    }

    /// An alias record as FFmpeg's `mov_read_dref` reads it: volume, name, levels, and the path as entries 2 and 18.
    private var alias: Data {
        let path = Data(reference.utf8) + zeros(reference.utf8.count % 2)
        let entries = [UInt16(2), 18].flatMap { [big($0), big(UInt16(path.count)), path] }
        let volume = Data([1]) + Data("/".utf8) + zeros(26)
        let name = Data([3]) + Data("wav".utf8) + zeros(60)
        let levels = big(UInt16(1)) + big(UInt16(1))
        let head = [zeros(10), volume, zeros(12), name, zeros(16), levels, zeros(16)]
        return Data((head + entries + [big(UInt16.max), big(UInt16(0))]).joined())
    }

    private func atom(_ name: String, _ parts: Data...) -> Data { atom(name, parts) }

    private func atom(_ name: String, _ parts: [Data]) -> Data {
        let content = Data(parts.joined())
        return big(UInt32(content.count + 8)) + Data(name.utf8) + content
    }

    /// An atom that starts with version and flags.
    private func full(_ name: String, _ parts: Data...) -> Data { atom(name, [zeros(4)] + parts) }

    private func zeros(_ count: Int) -> Data { Data(count: count) }

    private func big(_ number: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: number.bigEndian) { Data($0) }
    }
}
