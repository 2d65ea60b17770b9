#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import SpeechTypes

/// A WAV file as speech programs write it: 44 bytes of header, then mono samples of 16 bits at 16 kHz to the end of the
/// file.
///
/// It needs no conversion and no probing, so reading a short recording takes a tenth of the time that FFmpeg takes to
/// open it. FFmpeg decodes all other files, and those whose header does not match their size. The samples are the same.
final class PlainWAV: AudioSource {
    private static let headerSize: Int64 = 44
    private static let bytesAtOnce: Int64 = 1 << 16

    private let file: InputFile
    private var offset = PlainWAV.headerSize

    /// `nil` if the file is of any other kind.
    init?(_ file: InputFile) {
        guard (Self.headerSize...Int64(UInt32.max)).contains(file.size), file.size % 2 == 0,
            file.bytes(at: 0, count: Int(Self.headerSize)) == Self.header(fileSize: file.size)
        else { return nil }
        self.file = file
    }

    /// The header of such a file (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0").
    private static func header(fileSize: Int64) -> [UInt8] {
        func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
        let rate = UInt32(AudioBuffer.sampleRate)
        let (pcm, channels, frameSize, bits) = (UInt16(1), UInt16(1), UInt16(2), UInt16(16))
        let format = [
            number(pcm), number(channels), number(rate), number(2 * rate), number(frameSize), number(bits),
        ]
        return Array("RIFF".utf8) + number(UInt32(fileSize - 8)) + Array("WAVEfmt ".utf8) + number(UInt32(16))
            + format.joined() + Array("data".utf8) + number(UInt32(fileSize - headerSize))
    }

    var declaredDuration: Duration? { Duration(samples: Int(file.size - Self.headerSize) / 2) }

    let damagedPackets = 0

    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool {
        let count = Int(min(Self.bytesAtOnce, file.size - offset))
        let bytes = file.bytes(at: offset, count: count)
        guard bytes.count == count else { throw .unreadable(FFmpegError(-EIO)) }
        offset += Int64(count)
        samples += bytes.withUnsafeBytes { bytes in
            let values = bytes.bindMemory(to: Int16.self)
            return [Float](unsafeUninitializedCapacity: values.count) { samples, filled in
                for index in values.indices { samples[index] = Float(Int16(littleEndian: values[index])) / 32768 }
                filled = values.count
            }
        }
        return offset < file.size
    }
}
