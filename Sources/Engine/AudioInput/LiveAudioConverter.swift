import CFFmpeg
package import SpeechTypes

/// Converts the audio of a live session, which arrives in pieces of any length, to samples at 16 kHz.
package final class LiveAudioConverter {
    private let format: LiveAudioFormat
    private let resampling: SampleConversion?
    /// The first byte of a sample whose second byte has not arrived.
    private var half: UInt8?

    /// Makes a converter.
    ///
    /// - Throws: `TranscriptionError` (`audioUndecodable`) if there is no memory, or the rate is not supported.
    package init(_ format: LiveAudioFormat) throws(TranscriptionError) {
        guard LiveAudioFormat.rates.contains(format.rate) else {
            throw TranscriptionError(
                .audioUndecodable,
                "The rate \(format.rate) is not from \(LiveAudioFormat.rates.lowerBound) to "
                    + "\(LiveAudioFormat.rates.upperBound) samples a second.")
        }
        self.format = format
        do {
            let samples = SampleFormat(rate: format.rate, channels: 1, encoding: AV_SAMPLE_FMT_FLTP)
            resampling =
                format.rate == AudioBuffer.sampleRate
                ? nil : try SampleConversion(from: samples, toRate: AudioBuffer.sampleRate)
        } catch {
            throw TranscriptionError(.audioUndecodable, "There is no memory left to convert the audio.")
        }
    }

    /// Converts the next bytes. Resampling delays the last few samples until the next call.
    package func convert(_ bytes: [UInt8]) -> [Float] {
        let samples: [Float] =
            switch format {
            case .pcm: linear(bytes)
            case .muLaw: bytes.map { G711.muLaw[Int($0)] }
            case .aLaw: bytes.map { G711.aLaw[Int($0)] }
            }
        guard let resampling, !samples.isEmpty else { return samples }
        return (try? resampling.convert(samples)) ?? []
    }

    private func linear(_ bytes: [UInt8]) -> [Float] {
        var samples: [Float] = []
        samples.reserveCapacity(bytes.count / 2 + 1)
        for byte in bytes {
            if let low = half {
                samples.append(Float(Int16(bitPattern: UInt16(byte) << 8 | UInt16(low))) / 32_768)
                half = nil
            } else {
                half = byte
            }
        }
        return samples
    }
}

/// The 256 values of each law of ITU-T G.711, full scale −1…1.
private enum G711 {
    /// Inverted on the wire; a sign, an exponent and a mantissa of 4 bits, with a bias of 33 steps of 4.
    static let muLaw: [Float] = (0...255).map { byte in
        let bits = ~UInt8(byte)
        let magnitude = (((Int(bits & 0x0F) << 3) + 0x84) << (Int(bits & 0x70) >> 4)) - 0x84
        return Float(bits & 0x80 == 0 ? magnitude : -magnitude) / 32_768
    }

    /// Every second bit is inverted on the wire; the lowest two exponents share a step.
    static let aLaw: [Float] = (0...255).map { byte in
        let bits = UInt8(byte) ^ 0x55
        let exponent = Int(bits & 0x70) >> 4
        let mantissa = (Int(bits & 0x0F) << 4) + 8
        let magnitude = exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
        return Float(bits & 0x80 == 0 ? -magnitude : magnitude) / 32_768
    }
}
