package import EngineLink
import Essentials

package struct ListeningSettings: Sendable {
    var mode: ListeningMode
    /// The device, by number or a part of its name; `nil` for the default one.
    var device: String?
    /// The detector's threshold for speech, 0…1.
    var threshold = usualThreshold
    /// The path of the detector's model. Mode `utterances` needs it; in other modes it finds recordings without speech.
    var detectorModel: String?
    /// The time after which listening ends by itself; `nil` for never.
    var longest: Duration?
    /// How long a device that has started may give no sound before it counts as unplugged. A process gets this long to
    /// finish.
    var patience = Duration.seconds(4)

    /// The threshold that Silero recommends.
    private static let usualThreshold = 0.5
    /// Sound below this probability is not speech: whispered words are above it.
    private static let leastThreshold = 0.3

    package var order: ListenOrder {
        get throws(Failure) {
            guard let detectorModel else {
                guard !mode.isByUtterance else {
                    throw Failure(
                        "The model that tells speech from silence, silero_vad_16k_op15.onnx, is not installed. "
                            + "Run: make install, or use --interval instead of --vad.")
                }
                return ListenOrder(device: device)
            }
            // If the detector only finds out whether there was any speech, it must not miss any.
            let threshold = mode.isByUtterance ? threshold : Self.leastThreshold
            return ListenOrder(device: device, detector: .init(model: detectorModel, threshold: threshold))
        }
    }

    /// The error if the detector cannot be loaded; `nil` if the mode does not need it.
    func fault(ofDetector reason: String) -> Failure? {
        guard mode.isByUtterance else { return nil }
        return Failure("The voice activity model '\(detectorModel ?? "")' cannot be loaded: \(reason)")
    }
}

extension ListeningSettings {
    package init(_ settings: ConfigurationSettings, detectorModel: String?, longest: Duration?) {
        self.init(
            mode: settings.mode, device: settings.audioDevice,
            threshold: settings.silenceThreshold ?? Self.usualThreshold, detectorModel: detectorModel, longest: longest)
    }
}

/// How the sound of a microphone is divided into recordings.
package enum ListeningMode: Sendable, Equatable {
    /// One recording of everything until listening is stopped.
    case untilStopped
    /// One recording for each utterance; a pause of length `silence` ends it. An utterance longer than `longest` is
    /// split.
    case utterances(silence: Duration, longest: Duration)
    /// A recording at least this often, cut where the sound is quietest.
    case intervals(Duration)

    var isByUtterance: Bool { if case .utterances = self { true } else { false } }

    /// The default pause that ends an utterance, as in the Python tool.
    static let usualSilence = Duration.milliseconds(1500)
    /// The default maximum length of an utterance before its first piece is sent.
    static let longestUtterance = Duration.seconds(60)
}

/// The level of a stretch of sound, in decibels relative to full scale: 0 is the maximum.
package struct SoundLevel: Sendable {
    /// The lowest level that is shown.
    private static let floor = -60.0

    /// The root mean square in dBFS (AES17: relative to full scale), not below `floor`.
    package let decibels: Double

    /// Measures samples of full scale −1…1.
    package init(of samples: [Float]) {
        let power = samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(1, samples.count))
        decibels = power > 0 ? max(Self.floor, 10 * log10(power)) : Self.floor
    }

    /// The level as a share of a meter's length, 0…1.
    package var share: Double { 1 - decibels / Self.floor }
}
