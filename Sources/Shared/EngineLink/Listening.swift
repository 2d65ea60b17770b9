import NIOCore
import SpeechTypes

/// How an engine listens to a microphone.
package struct ListenOrder: Codable, Sendable, Equatable {
    /// The voice activity detector.
    package struct Detector: Codable, Sendable, Equatable {
        /// The path of the detector's model.
        package var model: String
        /// The probability from which audio counts as speech, 0…1.
        package var threshold: Double

        package init(model: String, threshold: Double) {
            self.model = model
            self.threshold = threshold
        }
    }

    /// The device, by number or a part of its name; `nil` for the default device.
    package var device: String?
    /// The detector to run; `nil` for none.
    package var detector: Detector?

    package init(device: String? = nil, detector: Detector? = nil) {
        self.device = device
        self.detector = detector
    }
}

/// An event of a listening engine, in a frame of its own: `began` or `failed` first, `gone` last. Frames with audio
/// (`HeardSound`) are sent in between.
package enum ListenEvent: Codable, Sendable, Equatable {
    /// The device of this name is recording; if the requested detector does not run, why.
    case began(device: String, detectorFault: String?)
    /// The device cannot record: why, and what to do.
    case failed(String)
    /// A message for the user; recording continues.
    case warning(String)
    /// How often audio has been lost so far because it was not read in time.
    case lost(times: Int)
    /// The device delivers no more audio.
    case gone
}

/// Audio from a microphone, and which parts of it are speech.
package struct HeardSound: Sendable, Equatable {
    /// Samples at 16 kHz, mono: finite, full scale −1…1.
    package var samples: [Float]
    /// For each of the detector's windows (`SpeechWindow`) that ends in these samples, whether it is speech; `nil`
    /// without a detector. Windows are contiguous from the first sample on.
    package var speech: [Bool]?

    /// The most samples in a frame.
    package static let mostSamples = AudioBuffer.sampleRate / 2
    /// The most bytes of content in a frame: two for the number of windows, four for each sample, one for each window.
    package static let longestFrame =
        2 + mostSamples * MemoryLayout<Float>.size + mostSamples / SpeechWindow.samples + 1
    /// The number of windows that stands for "no detector".
    private static let unknown = UInt16.max

    package init(samples: [Float], speech: [Bool]? = nil) {
        self.samples = samples
        self.speech = speech
    }

    /// The audio as a frame: the number of windows in two bytes (65535 without a detector), a byte for each window, the
    /// samples.
    package var frame: Frame {
        var content = ByteBuffer()
        content.writeInteger(speech.map { UInt16($0.count) } ?? Self.unknown)
        content.writeBytes((speech ?? []).lazy.map { $0 ? 1 : 0 })
        _ = samples.withUnsafeBytes { content.writeBytes($0) }
        return Frame(.samples, content)
    }

    /// Reads the audio in a frame; `nil` if it has other content. NaN becomes 0, and samples beyond full scale are
    /// clipped.
    package init?(_ frame: Frame) {
        var content = frame.content
        guard frame.kind == .samples, let count = content.readInteger(as: UInt16.self) else { return nil }
        if count != Self.unknown {
            guard let flags = content.readBytes(length: Int(count)), flags.allSatisfy({ $0 <= 1 }) else { return nil }
            speech = flags.map { $0 == 1 }
        }
        let size = MemoryLayout<Float>.size
        guard content.readableBytes % size == 0 else { return nil }
        samples = content.withUnsafeReadableBytes { bytes in
            stride(from: 0, to: bytes.count, by: size).map { offset in
                let sample = bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
                return sample.isNaN ? 0 : min(max(sample, -1), 1)
            }
        }
    }
}

package struct SoundDevice: Codable, Sendable, Equatable {
    /// Its number, which may change when devices are added or removed.
    package var index: Int
    package var name: String
    package var isDefault: Bool

    package init(index: Int, name: String, isDefault: Bool) {
        self.index = index
        self.name = name
        self.isDefault = isDefault
    }
}

/// The engine's reply to `devices`.
package enum DevicesReply: Codable, Sendable, Equatable {
    case devices([SoundDevice])
    case failed(String)
}
