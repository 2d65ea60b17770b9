import AudioInput
package import Foundation
package import SpeechTypes

extension AudioBuffer {
    /// The whole sound of a file.
    package static func decoding(_ path: String) throws -> AudioBuffer {
        var decoder = try AudioDecoder(path: path, name: path)
        var sound = AudioBuffer()
        while let chunk = try decoder.next() { sound.samples += chunk.samples }
        return sound
    }

    /// The part of this sound between two times.
    package func stretch(_ start: Duration, _ end: Duration) -> AudioBuffer {
        AudioBuffer(samples: Array(samples[start.samples..<end.samples]))
    }

    /// This sound several times in a row.
    package func repeated(_ count: Int) -> AudioBuffer {
        AudioBuffer(samples: Array(repeatElement(samples, count: count).joined()))
    }

    /// This sound played faster, at a higher pitch.
    package func faster(by factor: Double) -> AudioBuffer {
        AudioBuffer(
            samples: stride(from: 0, to: Double(samples.count - 1), by: factor).map { position in
                let index = Int(position)
                let weight = Float(position - Double(index))
                return samples[index] * (1 - weight) + samples[index + 1] * weight
            })
    }
}

extension AudioBuffer {
    /// This sound as a WAV file of 16-bit samples.
    package var wav: Data {
        let bytes = samples.map { Int16(($0 * 32_767).rounded()).littleEndian }.withUnsafeBytes { Data($0) }
        var file = Data("RIFF".utf8) + littleEndian(UInt32(36 + bytes.count)) + Data("WAVEfmt ".utf8)
        file += littleEndian(UInt32(16)) + littleEndian(UInt16(1)) + littleEndian(UInt16(1))
        file += littleEndian(UInt32(Self.sampleRate)) + littleEndian(UInt32(Self.sampleRate * 2))
        file += littleEndian(UInt16(2)) + littleEndian(UInt16(16))
        return file + Data("data".utf8) + littleEndian(UInt32(bytes.count)) + bytes
    }

    private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
