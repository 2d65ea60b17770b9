import SherpaOnnx

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
    private static let leastThreshold: Float = 0.3

    /// Loads the detector that tells whether there was any speech, where the mode can do without; `nil` if it is not
    /// installed.
    func makeSpeechWatch() -> VoiceActivityDetector? {
        if case .utterances = mode { return nil }
        return detectorModel.flatMap { try? VoiceActivityDetector(model: $0, threshold: Self.leastThreshold) }
    }

    /// Loads the detector, where the mode needs one.
    ///
    /// - Throws: `ListeningError` if its model is missing or is none.
    func makeDetector() throws(ListeningError) -> VoiceActivityDetector? {
        guard case .utterances = mode else { return nil }
        guard let detectorModel else {
            throw ListeningError(
                "The model that tells speech from silence, silero_vad_16k_op15.onnx, is not installed. "
                    + "Run: make install, or use --interval instead of --vad.")
        }
        do throws(SherpaOnnxError) {
            return try VoiceActivityDetector(model: detectorModel, threshold: Float(threshold))
        } catch {
            throw ListeningError("The voice activity model '\(detectorModel)' cannot be loaded: \(error)")
        }
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
