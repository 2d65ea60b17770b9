import SpeechTypes

/// How an engine listens to a microphone.
public struct ListenOrder: Codable, Sendable, Equatable {
    /// The voice activity detector.
    public struct Detector: Codable, Sendable, Equatable {
        /// The path of the detector's model.
        public var model: String
        /// The probability from which audio counts as speech, 0…1.
        public var threshold: Double

        /// Makes the settings of a detector.
        public init(model: String, threshold: Double) {
            self.model = model
            self.threshold = threshold
        }
    }

    /// The device, by number or a part of its name; `nil` for the default device.
    public var device: String?
    /// The detector to run; `nil` for none.
    public var detector: Detector?

    /// Makes the order of a listening engine.
    public init(device: String? = nil, detector: Detector? = nil) {
        self.device = device
        self.detector = detector
    }
}

/// An event of a listening engine, in a frame of its own: `began` or `failed` first, `gone` last. Frames with audio
/// (`HeardSound`) are sent in between.
public enum ListenEvent: Codable, Sendable, Equatable {
    /// The device is recording.
    ///
    /// - Parameters:
    ///   - device: The device's name in the system.
    ///   - detectorFault: Why the requested detector does not run.
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
public struct HeardSound: Sendable, Equatable {
    /// Samples at 16 kHz, mono: finite, full scale −1…1.
    public var samples: [Float]
    /// For each of the detector's windows (`SpeechWindow`) that ends in these samples, whether it is speech; `nil`
    /// without a detector. Windows are contiguous from the first sample on.
    public var speech: [Bool]?

    /// The most samples in a frame.
    public static let mostSamples = AudioBuffer.sampleRate / 2
    /// The most bytes of content in a frame: two for the number of windows, four for each sample, one for each window.
    public static let longestFrame = 2 + mostSamples * MemoryLayout<Float>.size + mostSamples / SpeechWindow.samples + 1

    /// Makes a piece of audio.
    public init(samples: [Float], speech: [Bool]? = nil) {
        self.samples = samples
        self.speech = speech
    }
}

/// An input device.
public struct SoundDevice: Codable, Sendable, Equatable {
    /// Its number, which may change when devices are added or removed.
    public var index: Int
    /// Its name in the system.
    public var name: String
    /// Whether it is the default input device.
    public var isDefault: Bool

    /// Makes the description of a device.
    public init(index: Int, name: String, isDefault: Bool) {
        self.index = index
        self.name = name
        self.isDefault = isDefault
    }
}

/// The engine's reply to `devices`.
public enum DevicesReply: Codable, Sendable, Equatable {
    /// All input devices.
    case devices([SoundDevice])
    /// Why the devices cannot be listed, and what to do.
    case failed(String)
}
