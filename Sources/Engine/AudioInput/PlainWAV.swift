import CFFmpeg
import SpeechTypes

/// A WAV file as speech programs write it: 44 bytes of header, then mono samples of 16 bits at 16 kHz to the end of the
/// file. Reading a short one takes a tenth of the time that FFmpeg takes to open it, and gives the same samples. Also a
/// file of such samples without a header.
final class PlainWAV: AudioSource {
    private static let headerSize: Int64 = 44
    private static let bytesAtOnce: Int64 = 1 << 16
    /// PCM, one channel, 16,000 samples and 32,000 bytes a second, 2 bytes a sample, 16 bits.
    private static let format: [UInt8] = [1, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0]

    private let file: InputFile
    private let start: Int64
    /// The offset after the last whole sample.
    private let end: Int64
    private var offset: Int64

    /// `nil` if the file is of any other kind.
    convenience init?(_ file: InputFile) {
        let length = file.size - Self.headerSize
        guard length >= 0, length % 2 == 0, file.size <= UInt32.max,
            file.bytes(at: 0, count: Int(Self.headerSize))
                == WAVFormat(Self.format, isBigEndian: false)?.header(of: Int(length))
        else { return nil }
        self.init(file, from: Self.headerSize)
    }

    /// A file without a header, whatever its bytes look like. Half a sample at its end is left out.
    static func headerless(_ file: InputFile) -> PlainWAV { PlainWAV(file, from: 0) }

    private init(_ file: InputFile, from start: Int64) {
        self.file = file
        self.start = start
        end = file.size - (file.size - start) % 2
        offset = start
    }

    var declaredDuration: Duration? { Duration(samples: Int(end - start) / 2) }

    let damagedPackets = 0

    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool {
        let count = Int(min(Self.bytesAtOnce, end - offset))
        let bytes = file.bytes(at: offset, count: count)
        guard bytes.count == count else { throw .unreadable(FFmpegError(ffmpegInputOutput)) }
        offset += Int64(count)
        samples += bytes.withUnsafeBytes { bytes in
            let values = bytes.bindMemory(to: Int16.self)
            return [Float](unsafeUninitializedCapacity: values.count) { samples, filled in
                for index in values.indices { samples[index] = Float(Int16(littleEndian: values[index])) / 32768 }
                filled = values.count
            }
        }
        return offset < end
    }
}
