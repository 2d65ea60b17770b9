import Concurrency
import SherpaOnnx
import SpeechTypes

/// Finds the speech in recordings that are not cut, on a thread of its own beside the decode lanes.
///
/// One detector serves all recordings, one after the other: it processes an hour of audio in about 18 s.
actor SpeechFinder {
    private let executor = QueueExecutor(label: "speech finder")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let model: VoiceActivityModel
    private var detector: VoiceActivityDetector?

    init(_ model: VoiceActivityModel) { self.model = model }

    /// The stretches of speech, in samples from the start of the recording; `nil` without a detector.
    func stretches(in segment: SpeechSegment) -> [Range<Int>]? {
        let strategy = ChunkingStrategy()
        var segmenter = EndpointDetector(.init(prefix: .zero, suffix: .zero, silence: strategy.silence))
        var stretches: [Range<Int>] = []
        var start: Int?
        func note(_ action: EndpointDetector.Action) {
            switch action {
            case .none: break
            case .start(let place): start = place
            case .end(let place):
                if let start { stretches.append(segment.offset + start..<segment.offset + place) }
                start = nil
            }
        }
        let isHeard = hear(segment.audio) { isSpeech, place in
            note(segmenter.receive(isSpeech, in: place))
            return true
        }
        note(segmenter.finish(at: segment.audio.samples.count))
        return isHeard ? stretches : nil
    }

    /// Whether there is speech; stops at the first. `nil` without a detector.
    func hasSpeech(in audio: AudioBuffer) -> Bool? {
        var hasSpeech = false
        let isHeard = hear(audio) { isSpeech, _ in
            hasSpeech = isSpeech
            return !isSpeech
        }
        return isHeard ? hasSpeech : nil
    }

    /// Runs the detector over a recording, window by window, until `goesOn` returns `false`; returns whether there is a
    /// detector. `goesOn` receives whether each window is speech, and its samples' range. The recording is amplified,
    /// because the detector misses very quiet speech.
    private func hear(_ audio: AudioBuffer, while goesOn: (Bool, Range<Int>) -> Bool) -> Bool {
        guard let detector = try? detector ?? model.detector(threshold: ChunkingStrategy().threshold) else {
            return false
        }
        self.detector = detector
        detector.reset()
        let size = VoiceActivityDetector.window
        let gain = Self.gain(for: audio)
        for start in stride(from: 0, to: audio.samples.count, by: size) {
            let end = min(start + size, audio.samples.count)
            var window = audio.samples[start..<end].map { $0 * gain }
            window += repeatElement(0, count: size - window.count)
            guard goesOn(detector.isSpeech(window[...]), start..<end) else { break }
        }
        return true
    }

    /// The gain that brings the loudest sample to half of full scale; 40 dB at most.
    private static func gain(for audio: AudioBuffer) -> Float {
        let peak = audio.samples.reduce(0) { max($0, abs($1)) }
        return peak > 0 ? min(0.5 / peak, 100) : 1
    }
}
