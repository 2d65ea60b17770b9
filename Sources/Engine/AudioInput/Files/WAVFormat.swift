/// The content of a WAV file's `fmt ` chunk, with the bits per sample corrected to the sample's size in the file.
///
/// Files with 20 or 24 bits in 32 state either number in either field. The samples are the upper bits, so the number of
/// valid bits does not matter. FFmpeg would take the smaller number for the sample's size.
struct WAVFormat {
    private static let (pcm, float, extensible) = (UInt16(1), UInt16(3), UInt16(0xFFFE))

    /// In little-endian byte order.
    private var bytes: [UInt8]
    /// The encoding's number in Sun's AU format, if the samples are big-endian.
    private var bigEndianEncoding: UInt32?

    /// `nil` if the content is too short.
    init?(_ content: [UInt8], isBigEndian: Bool) {
        guard content.count >= 16 else { return nil }
        bytes = content
        let name = isBigEndian ? UInt16(bigEndian: content[..<2]) : UInt16(littleEndian: content[..<2])
        let isExtensible = name == Self.extensible && content.count >= 40
        if isBigEndian {
            let widths = [2, 2, 4, 4, 2, 2] + (isExtensible ? [2, 2, 4, 2] : [])
            var place = 0
            for width in widths {
                bytes[place..<place + width].reverse()
                place += width
            }
        }
        let kind = number(at: isExtensible ? 24 : 0)
        let (channels, frame, bits) = (number(at: 2), number(at: 12), number(at: 14))
        guard kind == Self.pcm || kind == Self.float, channels > 0, frame % channels == 0 else { return }
        let room = frame / channels
        guard (1...8).contains(room), room * 8 >= bits else { return }
        for place in isExtensible ? [14, 18] : [14] {
            bytes.replaceSubrange(place..<place + 2, with: Self.littleEndian(room * 8))
        }
        guard isBigEndian, room > 1 else { return }
        bigEndianEncoding = kind == Self.float ? [4: 6, 8: 7][room] : [2: 3, 3: 4, 4: 5][room]
    }

    /// A header for `length` bytes of audio: of a WAV file, or of Sun's AU, since FFmpeg reads WAV in little-endian
    /// order only.
    func header(of length: Int) -> [UInt8] {
        let size = UInt32(clamping: length)  // the greatest number means: to the end of the file
        if let bigEndianEncoding {
            let rate = UInt32(littleEndian: bytes[4..<8])
            let fields = [24, size, bigEndianEncoding, rate, UInt32(number(at: 2))]
            return Array(".snd".utf8) + fields.flatMap { Self.littleEndian($0).reversed() }
        }
        let chunks =
            Array("WAVEfmt ".utf8) + Self.littleEndian(UInt32(bytes.count)) + bytes
            + [UInt8](repeating: 0, count: bytes.count % 2) + Array("data".utf8) + Self.littleEndian(size)
        return Array("RIFF".utf8) + Self.littleEndian(UInt32(clamping: chunks.count + length)) + chunks
    }

    private func number(at index: Int) -> UInt16 { UInt16(littleEndian: bytes[index..<index + 2]) }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
