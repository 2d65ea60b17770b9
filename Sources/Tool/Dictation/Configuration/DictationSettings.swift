/// The settings of dictation of one source: flags or a file. `nil` means not given.
public struct DictationSettings: Sendable, Equatable {
    /// `vad`, `--vad`, `--no-vad`: whether a pause ends an utterance and listening continues.
    public var vad: Bool?
    /// `interval`, `--interval`: the maximum length of a recording in seconds before it is transcribed.
    public var interval: Double?
    /// `silence_duration`, `--silence_duration`: the length of the pause that ends an utterance, in seconds.
    public var silenceDuration: Double?
    /// `silence_threshold`, `--silence_threshold`: the detector's threshold for speech, 0…1.
    public var silenceThreshold: Double?
    /// `clipboard`, `--clipboard`: how to reach the clipboard.
    public var clipboard: ClipboardChoice?
    /// `copy`, `--copy`: the content of the clipboard after several texts.
    public var copyMode: TextDelivery.CopyMode?
    /// `output`, `-o`: a file that texts are appended to; `-` for none, as for the Python tool.
    public var output: String?

    /// The valid intervals, in seconds.
    public static let intervals = 1.0...3600
    /// The valid pauses, in seconds.
    public static let silences = 0.1...60
    /// The valid thresholds.
    public static let thresholds = 0.01...0.99

    /// Empty settings.
    public init() {}

    /// These settings, completed by others where they are `nil`.
    func over(_ other: DictationSettings) -> DictationSettings {
        var joined = self
        joined.vad = vad ?? other.vad
        joined.interval = interval ?? other.interval
        joined.silenceDuration = silenceDuration ?? other.silenceDuration
        joined.silenceThreshold = silenceThreshold ?? other.silenceThreshold
        joined.clipboard = clipboard ?? other.clipboard
        joined.copyMode = copyMode ?? other.copyMode
        joined.output = output ?? other.output
        return joined
    }

    /// Whether listening continues after the first text.
    public var isContinuous: Bool { vad == true || interval != nil }

    /// How the sound is divided into recordings.
    public var mode: ListeningMode {
        let longest = interval.map { Duration.seconds($0) }
        guard vad == true else { return longest.map { .intervals($0) } ?? .untilStopped }
        return .utterances(
            silence: silenceDuration.map { .seconds($0) } ?? ListeningMode.usualSilence,
            longest: longest ?? ListeningMode.longestUtterance)
    }

    /// The settings as lines of the configuration file.
    var yaml: [String] {
        var lines: [String] = []
        if let vad { lines.append("vad: \(vad)") }
        if let interval { lines.append("interval: \(interval)") }
        if let silenceDuration { lines.append("silence_duration: \(silenceDuration)") }
        if let silenceThreshold { lines.append("silence_threshold: \(silenceThreshold)") }
        if let clipboard { lines.append("clipboard: \(clipboard.word)") }
        if let copyMode { lines.append("copy: \(copyMode.rawValue)") }
        if let output { lines.append("output: \(ClientConfiguration.quoted(output))") }
        return lines
    }
}
