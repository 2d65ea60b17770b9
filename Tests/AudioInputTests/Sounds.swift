import Foundation

/// A generated WAV file; its header is true unless a property says otherwise.
struct WAV {
    enum Encoding: UInt16 { case pcm16 = 1, float32 = 3 }

    var rate = 16_000
    var channels = 1
    var encoding = Encoding.pcm16
    var data: [UInt8] = []
    /// The size of the data in bytes according to the header.
    var statedLength: UInt32?
    /// Chunks after the data.
    var trailer: [UInt8] = []
    /// The loudspeakers of an extensible header.
    var speakers: UInt32?

    var bytes: [UInt8] {
        let width = encoding == .pcm16 ? 2 : 4
        var format = little(speakers == nil ? encoding.rawValue : 0xFFFE) + little(UInt16(channels))
        format += little(UInt32(rate)) + little(UInt32(truncatingIfNeeded: rate * channels * width))
        format += little(UInt16(truncatingIfNeeded: channels * width)) + little(UInt16(width * 8))
        if let speakers {
            let identifier: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
            format += little(UInt16(22)) + little(UInt16(width * 8)) + little(speakers)
            format += little(encoding.rawValue) + identifier
        }
        let stated = statedLength ?? UInt32(data.count)
        let chunks = ascii("fmt ") + little(UInt32(format.count)) + format + ascii("data") + little(stated) + data
        return ascii("RIFF") + little(UInt32(chunks.count + 4 + trailer.count)) + ascii("WAVE") + chunks + trailer
    }

    /// A tone of 440 Hz at half of full scale, the same in all channels except silent ones.
    static func tone(
        seconds: Double = 1, rate: Int = 16_000, channels: Int = 1, encoding: Encoding = .pcm16,
        only loud: Set<Int>? = nil
    ) -> WAV {
        var wav = WAV(rate: rate, channels: channels, encoding: encoding)
        for index in 0..<Int(seconds * Double(rate)) {
            let value = Float(0.5 * sin(Double(index) * 440 * 2 * .pi / Double(rate)))
            let sample = encoding == .pcm16 ? little(Int16(value * 32_767)) : little(value.bitPattern)
            let silence = [UInt8](repeating: 0, count: sample.count)
            for channel in 0..<channels { wav.data += loud?.contains(channel) == false ? silence : sample }
        }
        return wav
    }
}

func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    little(number).reversed()
}

func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// An ID3 tag with an invalid picture, as found at the start of an mp3 file.
func id3Tag(pictureBytes: Int) -> [UInt8] {
    func sevenBits(_ number: Int) -> [UInt8] {
        [21, 14, 7, 0].map { UInt8(number >> $0 & 0x7F) }
    }
    var random = Seeded(state: 3)
    let picture = (0..<pictureBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
    let content = [0] + ascii("image/png") + [0, 3, 0] + picture
    let frame = ascii("APIC") + sevenBits(content.count) + [0, 0] + content
    return ascii("ID3") + [4, 0, 0] + sevenBits(frame.count) + frame
}

/// A FLAC file with a picture inserted after its first block.
func withCover(flac bytes: [UInt8], pictureBytes: Int) -> [UInt8] {
    let text = ascii("image/png")
    let size = [UInt32](repeating: 600, count: 2).flatMap(big) + big(UInt32(24)) + big(UInt32(0))
    let picture = big(UInt32(pictureBytes)) + [UInt8](repeating: 0x55, count: pictureBytes)
    let block = big(UInt32(3)) + big(UInt32(text.count)) + text + big(UInt32(0)) + size + picture
    let header = [6] + big(UInt32(block.count))[1...]
    let first = 4 + 4 + 34  // "fLaC", a block header, STREAMINFO
    return Array(bytes[..<first]) + header + block + bytes[first...]
}

/// Flips a few bits somewhere after the first bytes.
func damaged(_ bytes: [UInt8], seed: UInt64, flips: Int, sparing head: Int = 0) -> [UInt8] {
    var random = Seeded(state: seed)
    var bytes = bytes
    for _ in 0..<flips {
        bytes[Int.random(in: head..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    }
    return bytes
}
