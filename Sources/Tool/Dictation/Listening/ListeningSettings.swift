import EngineLink

/// How to listen to a microphone.
public struct ListeningSettings: Sendable {
    /// How the sound is divided into recordings.
    public var mode: ListeningMode
    /// The device, by number or a part of its name; `nil` for the default one.
    public var device: String?
    /// The detector's threshold for speech, 0…1.
    public var threshold: Double
    /// The path of the detector's model. Mode `utterances` needs it; in other modes it finds recordings without speech.
    public var detectorModel: String?
    /// The time after which listening ends by itself; `nil` for never.
    public var longest: Duration?

    /// The threshold that Silero recommends.
    public static let usualThreshold = 0.5

    /// Creates settings.
    public init(
        mode: ListeningMode, device: String? = nil, threshold: Double = usualThreshold, detectorModel: String? = nil,
        longest: Duration? = nil
    ) {
        self.mode = mode
        self.device = device
        self.threshold = threshold
        self.detectorModel = detectorModel
        self.longest = longest
    }

    /// Sound below this probability is not speech: whispered words are above it.
    private static let leastThreshold = 0.3

    /// The order for the listening process.
    ///
    /// - Throws: `ListeningError` if the mode needs a detector and its model is not installed.
    var order: ListenOrder {
        get throws(ListeningError) {
            guard let detectorModel else {
                guard !needsDetector else {
                    throw ListeningError(
                        "The model that tells speech from silence, silero_vad_16k_op15.onnx, is not installed. "
                            + "Run: make install, or use --interval instead of --vad.")
                }
                return ListenOrder(device: device)
            }
            // If the detector only finds out whether there was any speech, it must not miss any.
            let threshold = needsDetector ? threshold : Self.leastThreshold
            return ListenOrder(device: device, detector: .init(model: detectorModel, threshold: threshold))
        }
    }

    /// The error if the detector cannot be loaded; `nil` if the mode does not need it.
    func fault(ofDetector reason: String) -> ListeningError? {
        guard needsDetector else { return nil }
        return ListeningError("The voice activity model '\(detectorModel ?? "")' cannot be loaded: \(reason)")
    }

    private var needsDetector: Bool {
        if case .utterances = mode { true } else { false }
    }
}

/// Why listening ended, or could not start.
public struct ListeningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
