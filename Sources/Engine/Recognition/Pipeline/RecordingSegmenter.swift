import SherpaOnnx
import SpeechTypes

/// Cuts one recording into segments for a model, as it comes.
///
/// What the model hears whole stays whole, unless the request wants it cut. What is longer is cut into stretches of
/// speech; without a detector, anywhere quiet. It is for one thread, as its detector is.
struct RecordingSegmenter {
    private let window: Duration
    private let model: VoiceActivityModel
    private let strategy: ChunkingStrategy
    /// All sound so far, while it may still be heard whole.
    private var beginning: [Float]?
    private var windows = FrameChunker(size: VoiceActivityDetector.window)
    private var detector: VoiceActivityDetector?
    private var cutter: SpeechSegmenter
    /// Windows of exact silence in a row, in which nobody speaks.
    private var silentWindows = 0
    /// So many of them and the detector is not asked about more: a second. A gap in a file may be hours of them.
    private static let fewSilentWindows = 32

    /// Makes a cutter for one recording.
    ///
    /// - Parameters:
    ///   - window: The longest sound that the model hears whole.
    ///   - joining: The length up to which the model likes neighbouring stretches in one segment.
    ///   - strategy: How the request wants its recording cut, if it does; its stretches are not joined.
    ///   - model: Of the detector.
    /// - Throws: `TranscriptionError` (`detectorUnavailable`) if the request's wish cannot be done.
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

    /// Whether with this sound the recording becomes longer than the model hears whole: from then on it is cut, and has a
    /// detector.
    func beginsCutting(with audio: AudioBuffer) -> Bool {
        beginning.map { $0.count + audio.samples.count > window.samples } ?? false
    }

    /// Takes the next sound.
    ///
    /// - Returns: The segments that are complete, usually none or one.
    /// - Throws: `TranscriptionError` if the detector cannot be loaded.
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

    /// Ends the recording.
    ///
    /// - Returns: The segments still to come.
    mutating func finish() -> [SpeechSegment] {
        if let sound = exchange(&beginning, with: nil) {
            return sound.isEmpty ? [] : [SpeechSegment(offset: 0, audio: AudioBuffer(samples: sound))]
        }
        let rest = windows.rest
        guard !rest.isEmpty else { return known(cutter.finish()) }
        // The detector takes whole windows.
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

    /// Without a detector, nobody knows where the speech is.
    private func known(_ segments: [SpeechSegment]) -> [SpeechSegment] {
        detector == nil ? segments.map { SpeechSegment(offset: $0.offset, audio: $0.audio) } : segments
    }
}
