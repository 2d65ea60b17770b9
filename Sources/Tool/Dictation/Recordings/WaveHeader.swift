import Essentials
import SpeechTypes

/// The header of a WAV file of mono 16-bit samples at 16 kHz ("Multimedia Programming Interface and Data
/// Specifications 1.0", IBM and Microsoft, 1991).
enum WaveHeader {
    /// Its length in bytes.
    static let length = 44
    /// The size of a sample in bytes.
    static let bytesPerSample = 2

    /// The header of a file with this many samples; `nil` for a file that is still growing, whose header says "to the
    /// end".
    static func bytes(samples: Int?) -> Data {
        let size = samples.map { UInt32(clamping: $0 * bytesPerSample) } ?? .max
        let rate = UInt32(AudioBuffer.sampleRate)
        return Data("RIFF".utf8) + number(size.addingReportingOverflow(36).overflow ? .max : size + 36)
            + Data("WAVEfmt ".utf8) + number(UInt32(16)) + number(UInt16(1)) + number(UInt16(1)) + number(rate)
            + number(rate * UInt32(bytesPerSample)) + number(UInt16(bytesPerSample)) + number(UInt16(16))
            + Data("data".utf8) + number(size)
    }

    /// Samples in the format of the file.
    static func bytes(of samples: [Float]) -> Data {
        let whole = samples.map { Int16((max(-1, min(1, $0)) * Float(Int16.max)).rounded()).littleEndian }
        return whole.withUnsafeBytes { Data($0) }
    }

    private static func number(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
}
