import EngineLink

/// How a microphone is listened to.
public struct ListeningSettings: Sendable {
    /// When sound becomes a recording.
    public var mode: ListeningMode
    /// The device, by number or a part of its name; `nil` for the default one.
    public var device: String?
    /// How sure the detector has to be that somebody speaks, 0…1.
    public var threshold: Double
    /// Where the detector's model is. Utterances need it; elsewhere it tells recordings without any speech.
    public var detectorModel: String?
    /// When listening ends by itself; `nil` for never.
    public var longest: Duration?

    /// Silero's own advice for the threshold.
    public static let usualThreshold = 0.5

    /// Describes how to listen.
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

    /// Below this probability, sound counts as no speech at all: whispered words are above it.
    private static let leastThreshold = 0.3

    /// What a process that listens is told.
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
            // Where it is only to tell whether there was any speech, it is to miss none.
            let threshold = needsDetector ? threshold : Self.leastThreshold
            return ListenOrder(device: device, detector: .init(model: detectorModel, threshold: threshold))
        }
    }

    /// What is wrong if the detector cannot be loaded; `nil` where the mode can do without.
    func fault(ofDetector reason: String) -> ListeningError? {
        guard needsDetector else { return nil }
        return ListeningError("The voice activity model '\(detectorModel ?? "")' cannot be loaded: \(reason)")
    }

    private var needsDetector: Bool {
        if case .utterances = mode { true } else { false }
    }
}

/// Why listening ended, or never began.
public struct ListeningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
