import SherpaOnnx
import SpeechTypes

/// Cuts one recording into segments for a model, while it is read.
///
/// A recording that fits into the model's window is not cut, unless the request asks for it. A longer one is cut into
/// stretches of speech; without a detector, at quiet points. Use it on one thread, like its detector.
struct RecordingSegmenter {
    private let window: Duration
    private let model: VoiceActivityModel
    private let strategy: ChunkingStrategy
    /// All audio so far, while it still fits into the model's window.
    private var beginning: [Float]?
    private var windows = FrameChunker(size: VoiceActivityDetector.window)
    private var detector: VoiceActivityDetector?
    private var cutter: SpeechSegmenter
    /// Consecutive windows of exact silence.
    private var silentWindows = 0
    /// After this many, the detector is not run any more: a second. A gap in a file may be hours of such windows.
    private static let fewSilentWindows = 32

    /// - Parameters:
    ///   - window: The longest segment that the model takes.
    ///   - joining: The length up to which neighbouring stretches of speech are best joined.
    ///   - strategy: The requested way of cutting; its stretches are not joined. `nil` to cut only if necessary.
    ///   - model: The detector's model.
    /// - Throws: `TranscriptionError` (`detectorUnavailable`) if the request asks for cutting and there is no detector.
    init(
        window: Duration, joining: Duration, strategy: ChunkingStrategy?, model: VoiceActivityModel
    ) throws(TranscriptionError) {
        self.window = window
        self.model = model
        self.strategy = strategy ?? ChunkingStrategy()
        cutter = SpeechSegmenter(
            .init(
                window: window, prefix: self.strategy.prefixPadding, silence: self.strategy.silence,
                joining: strategy == nil ? joining : .zero))
        beginning = strategy == nil ? [] : nil
        guard strategy != nil else { return }
        if let fault = model.fault { throw TranscriptionError(.detectorUnavailable, fault) }
        detector = try model.detector(threshold: self.strategy.threshold)
    }

    /// Whether this audio makes the recording longer than the model's window: from then on it is cut, with a detector.
    func beginsCutting(with audio: AudioBuffer) -> Bool {
        beginning.map { $0.count + audio.samples.count > window.samples } ?? false
    }

    /// Adds the next audio, and returns the segments that are complete, usually none or one.
    mutating func receive(_ audio: AudioBuffer) throws(TranscriptionError) -> [SpeechSegment] {
        guard var sound = exchange(&beginning, with: nil) else { return cut(audio.samples) }
        sound += audio.samples
        guard sound.count > window.samples else {
            beginning = sound
            return []
        }
        detector = try model.detector(threshold: strategy.threshold)
        return cut(sound)
    }

    mutating func finish() -> [SpeechSegment] {
        if let sound = exchange(&beginning, with: nil) {
            return sound.isEmpty ? [] : [SpeechSegment(offset: 0, audio: AudioBuffer(samples: sound))]
        }
        let rest = windows.rest
        guard !rest.isEmpty else { return known(cutter.finish()) }
        // The detector takes complete windows only.
        let silence = [Float](repeating: 0, count: VoiceActivityDetector.window - rest.count)
        let isSpeech = detector?.isSpeech((rest + silence)[...]) ?? true
        return known(cutter.receive(rest[...], isSpeech: isSpeech) + cutter.finish())
    }

    private mutating func cut(_ sound: [Float]) -> [SpeechSegment] {
        known(windows.receive(sound).flatMap { cutter.receive($0, isSpeech: isSpeech($0)) })
    }

    private mutating func isSpeech(_ window: ArraySlice<Float>) -> Bool {
        guard let detector else { return true }
        silentWindows = window.allSatisfy { $0 == 0 } ? silentWindows + 1 : 0
        guard silentWindows <= Self.fewSilentWindows else { return false }
        let isSpeech = detector.isSpeech(window)
        if isSpeech { silentWindows = 0 }
        return isSpeech
    }

    /// Without a detector, the position of the speech is unknown.
    private func known(_ segments: [SpeechSegment]) -> [SpeechSegment] {
        detector == nil ? segments.map { SpeechSegment(offset: $0.offset, audio: $0.audio) } : segments
    }
}
