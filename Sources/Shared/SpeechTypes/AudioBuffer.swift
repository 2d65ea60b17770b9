/// Mono audio, ready for recognition: finite 32-bit float samples at 16 kHz, whose full scale is −1…1.
package struct AudioBuffer: Sendable, Equatable {
    /// Samples in a second. Every model family of sherpa-onnx gets this rate.
    package static let sampleRate = 16_000

    package var samples: [Float]

    package init(samples: [Float] = []) {
        self.samples = samples
    }

    package var duration: Duration { Duration(samples: samples.count) }
}

extension Duration {
    /// The duration of a number of samples at 16 kHz.
    package init(samples: Int) {
        let rate = AudioBuffer.sampleRate
        self = .seconds(samples / rate) + .nanoseconds(samples % rate * (1_000_000_000 / rate))
    }

    /// The number of whole samples at 16 kHz in this time, which must not be negative; rounded down.
    package var samples: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * AudioBuffer.sampleRate + Int(attoseconds / (1_000_000_000_000_000_000 / 16_000))
    }

    /// The time in seconds, for JSON and logs; elsewhere time stays a `Duration`.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
