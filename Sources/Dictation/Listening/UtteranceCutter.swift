import SpeechDetection
import SpeechTypes

/// Cuts the sound of a microphone into recordings while it comes. Does no I/O.
struct UtteranceCutter {
    /// What to do with the recording in hand.
    enum Step: Equatable {
        /// Begin a recording.
        case begin
        /// Add sound to it.
        case add([Float])
        /// It is complete: its first so many samples, and nothing after them; none, if it has no speech at all.
        case end(keeping: Int)
    }

    /// What is kept of the sound before speech is heard.
    static let preRoll = Duration.milliseconds(300)
    /// What is kept of the pause after it.
    private static let postRoll = Duration.milliseconds(300)
    /// The detector hears the end of speech two windows late and more (75 to 131 ms over the fixtures' session), which is
    /// part of the pause.
    private static let detectorDelay = Duration.milliseconds(64)
    /// Less than this in a row is the click of a key, not speech.
    private static let minimumSpeech = Duration.milliseconds(96)
    /// How many samples the detector hears at once.
    private let window: Int
    private var windows: SoundWindows

    private let mode: ListeningMode
    private var segmenter: Segmenter
    /// The longest recording, where there is one.
    private let longest: Int?
    /// The last sound before `position`, for the beginning of an utterance.
    private var history: [Float] = []
    /// The recording in hand; its samples only where it may have to be cut, which keeps memory flat.
    private var current: (start: Int, samples: [Float])?
    /// Where we are, in samples from the start.
    private var position = 0

    /// Begins before the first sound.
    ///
    /// - Parameters:
    ///   - mode: When sound becomes a recording.
    ///   - window: How many samples the detector hears at once.
    init(_ mode: ListeningMode, window: Int) {
        self.mode = mode
        self.window = window
        windows = SoundWindows(size: window)
        switch mode {
        case .untilStopped:
            longest = nil
            segmenter = Segmenter(.init(prefix: .zero, suffix: .zero, silence: .zero))
        case .intervals(let interval):
            longest = interval.samples
            segmenter = Segmenter(.init(prefix: .zero, suffix: .zero, silence: .zero))
        case .utterances(let silence, let longest):
            self.longest = longest.samples
            segmenter = Segmenter(
                .init(
                    prefix: Self.preRoll, suffix: Self.postRoll, silence: max(.zero, silence - Self.detectorDelay),
                    minimumSpeech: Self.minimumSpeech))
        }
    }

    /// Takes the next sound.
    ///
    /// - Parameters:
    ///   - sound: Samples at 16 kHz, any number of them.
    ///   - isSpeech: Asked of each window, in order, where the mode wants to know.
    /// - Returns: What to do, in order.
    mutating func receive(_ sound: [Float], isSpeech: (ArraySlice<Float>) -> Bool) -> [Step] {
        guard case .utterances = mode else { return takeAll(sound) }
        return windows.receive(sound).flatMap { hear($0, isSpeech($0)) }
    }

    /// Ends: nothing more will come.
    mutating func finish() -> [Step] {
        defer { current = nil }
        guard let current else { return [] }
        guard case .utterances = mode else { return [.end(keeping: position - current.start)] }
        let end = position + windows.rest.count
        guard case .end(let cut) = segmenter.finish(at: end) else { return [] }
        return [.add(windows.rest), .end(keeping: max(0, cut - current.start))]
    }

    private mutating func takeAll(_ sound: [Float]) -> [Step] {
        guard !sound.isEmpty else { return [] }
        let steps = current == nil ? begin(at: position) : []
        position += sound.count
        return steps + add(sound)
    }

    private mutating func hear(_ samples: ArraySlice<Float>, _ isSpeech: Bool) -> [Step] {
        let action = segmenter.receive(isSpeech, in: position..<position + window)
        position += window
        history = Array((history + samples).suffix(segmenter.longestLookBack(window: window)))
        switch action {
        case .none: return current == nil ? [] : add(Array(samples))
        case .start(let start): return begin(at: start) + add(Array(history.suffix(position - start)))
        case .end(let end):
            let steps = add(Array(samples))
            guard let start = exchange(&current, with: nil)?.start else { return steps }
            return steps + [.end(keeping: max(0, end - start))]
        }
    }

    private mutating func begin(at start: Int) -> [Step] {
        current = (start, [])
        return [.begin]
    }

    private mutating func add(_ samples: [Float]) -> [Step] {
        guard let longest else { return [.add(samples)] }
        var steps = [Step.add(samples)]
        current?.samples += samples
        while let (start, whole) = current, whole.count >= longest + AudioBuffer.sampleRate / 10 {
            let cut = QuietestPoint.index(in: whole, longest * 2 / 3..<longest)
            let rest = Array(whole[cut...])
            current = (start + cut, rest)
            steps += [.end(keeping: cut), .begin, .add(rest)]
        }
        return steps
    }
}
