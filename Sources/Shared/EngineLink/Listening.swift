import SpeechTypes

/// How a microphone is listened to.
public struct ListenOrder: Codable, Sendable, Equatable {
    /// What tells speech from all else.
    public struct Detector: Codable, Sendable, Equatable {
        /// The path of its model.
        public var model: String
        /// The probability from which on sound counts as speech, 0…1.
        public var threshold: Double

        /// Describes a detector.
        public init(model: String, threshold: Double) {
            self.model = model
            self.threshold = threshold
        }
    }

    /// The device, by number or a part of its name; `nil` for the default one.
    public var device: String?
    /// The detector that listens along, if one does.
    public var detector: Detector?

    /// Describes how to listen.
    public init(device: String? = nil, detector: Detector? = nil) {
        self.device = device
        self.detector = detector
    }
}

/// What an engine that listens says, in a frame for each: `began` or `failed` first, `gone` last. Sound comes between them,
/// in frames of its own (`HeardSound`).
public enum ListenEvent: Codable, Sendable, Equatable {
    /// The device is on.
    ///
    /// - Parameters:
    ///   - device: What the system calls it.
    ///   - detectorFault: Why no detector listens along, if one was asked for.
    case began(device: String, detectorFault: String?)
    /// The device cannot be turned on: why, and what to do.
    case failed(String)
    /// Something for the user, while listening goes on.
    case warning(String)
    /// How often sound was lost so far, since nobody took it in time.
    case lost(times: Int)
    /// The device gives no sound any more.
    case gone
}

/// Sound of a microphone as it came, and in which parts of it somebody speaks.
public struct HeardSound: Sendable, Equatable {
    /// Samples at 16 kHz, mono: finite, and of full scale −1…1.
    public var samples: [Float]
    /// For each of the detector's windows (`SpeechWindow`) that ends in these samples, whether somebody speaks; `nil` if no
    /// detector listens. Windows follow one another from the first sample on.
    public var speech: [Bool]?

    /// The most samples that one frame has.
    public static let mostSamples = AudioBuffer.sampleRate / 2
    /// The most bytes of content of a frame: one more for each window, and one for their number.
    public static let longestFrame = 2 + mostSamples * MemoryLayout<Float>.size + mostSamples / SpeechWindow.samples + 1

    /// A piece of sound.
    public init(samples: [Float], speech: [Bool]? = nil) {
        self.samples = samples
        self.speech = speech
    }
}

/// A device that sound can be recorded from.
public struct SoundDevice: Codable, Sendable, Equatable {
    /// Its number, which may change when devices come and go.
    public var index: Int
    /// What the system calls it.
    public var name: String
    /// Whether it is the one that is used unless another is named.
    public var isDefault: Bool

    /// Describes a device.
    public init(index: Int, name: String, isDefault: Bool) {
        self.index = index
        self.name = name
        self.isDefault = isDefault
    }
}

/// What an engine answers that was asked for the devices.
public enum DevicesReply: Codable, Sendable, Equatable {
    /// All devices that sound can be recorded from.
    case devices([SoundDevice])
    /// Why they are not known, and what to do.
    case failed(String)
}
