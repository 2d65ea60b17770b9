import SpeechTypes

/// Cuts the sound of a microphone into recordings while it comes. Does no I/O.
struct UtteranceSegmenter {
    /// What to do with the recording in hand.
    enum Step: Equatable {
        /// Begin a recording.
        case begin
        /// Add sound to it.
        case add([Float])
        /// It is complete: its first so many samples, and nothing after them; none, if it has no speech at all. Whether
        /// speech was heard in it, if somebody listened for it.
        case end(keeping: Int, hasSpeech: Bool?)
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
    private static let window = SpeechWindow.samples
    private var windows = FrameChunker(size: window)

    private let mode: ListeningMode
    private var segmenter: EndpointDetector
    /// The longest recording, where there is one.
    private let longest: Int?
    /// The last sound before `position`, for the beginning of an utterance.
    private var history: [Float] = []
    /// The recording in hand; its samples only where it may have to be cut, which keeps memory flat.
    private var current: (start: Int, samples: [Float])?
    /// Where we are, in samples from the start.
    private var position = 0
    /// Where speech was heard, where recordings do not follow from that.
    private var speech = SpeechSpan()

    /// Begins before the first sound.
    ///
    /// - Parameter mode: When sound becomes a recording.
    init(_ mode: ListeningMode) {
        self.mode = mode
        switch mode {
        case .untilStopped:
            longest = nil
            segmenter = EndpointDetector(.init(prefix: .zero, suffix: .zero, silence: .zero))
        case .intervals(let interval):
            longest = interval.samples
            segmenter = EndpointDetector(.init(prefix: .zero, suffix: .zero, silence: .zero))
        case .utterances(let silence, let longest):
            self.longest = longest.samples
            segmenter = EndpointDetector(
                .init(
                    prefix: Self.preRoll, suffix: Self.postRoll, silence: max(.zero, silence - Self.detectorDelay),
                    minimumSpeech: Self.minimumSpeech))
        }
    }

    /// Takes the next sound.
    ///
    /// - Parameters:
    ///   - sound: Samples at 16 kHz, any number of them.
    ///   - speech: For each of the detector's windows that ends in them, whether somebody speaks; `nil` if nobody can tell,
    ///     which utterances need.
    /// - Returns: What to do, in order.
    mutating func receive(_ sound: [Float], speech: [Bool]?) -> [Step] {
        guard case .utterances = mode else {
            if let speech {
                for (samples, isSpeech) in zip(windows.receive(sound), speech) {
                    self.speech.hear(isSpeech, samples.count)
                }
            }
            return takeAll(sound, isHeard: speech != nil)
        }
        return zip(windows.receive(sound), speech ?? []).flatMap { hear($0, $1) }
    }

    /// What to receive in place of sound that nobody heard. It ends a window: the detector that hears what follows begins
    /// one.
    ///
    /// - Parameters:
    ///   - gap: How long nobody heard.
    ///   - isHeard: Whether a detector hears what follows.
    /// - Returns: At least as much silence, but no more than a minute, and what the detector would have said of it.
    func silence(for gap: Duration, isHeard: Bool) -> (sound: [Float], speech: [Bool]?) {
        let begun = windows.rest.count
        let count = (begun + min(gap, .seconds(60)).samples + Self.window - 1) / Self.window
        let speech = isHeard ? [Bool](repeating: false, count: count) : nil
        return ([Float](repeating: 0, count: count * Self.window - begun), speech)
    }

    /// Ends: nothing more will come.
    mutating func finish() -> [Step] {
        defer { current = nil }
        guard let current else { return [] }
        guard case .utterances = mode else {
            return [.end(keeping: position - current.start, hasSpeech: speech.found(before: position))]
        }
        let end = position + windows.rest.count
        guard case .end(let cut) = segmenter.finish(at: end) else { return [] }
        return [.add(windows.rest), .end(keeping: max(0, cut - current.start), hasSpeech: true)]
    }

    private mutating func takeAll(_ sound: [Float], isHeard: Bool) -> [Step] {
        guard !sound.isEmpty else { return [] }
        if !isHeard { speech.isKnown = false }
        let steps = current == nil ? begin(at: position) : []
        position += sound.count
        return steps + add(sound)
    }

    private mutating func hear(_ samples: ArraySlice<Float>, _ isSpeech: Bool) -> [Step] {
        let action = segmenter.receive(isSpeech, in: position..<position + Self.window)
        position += Self.window
        history = Array((history + samples).suffix(segmenter.longestLookBack(window: Self.window)))
        switch action {
        case .none: return current == nil ? [] : add(Array(samples))
        case .start(let start): return begin(at: start) + add(Array(history.suffix(position - start)))
        case .end(let end):
            let steps = add(Array(samples))
            guard let start = exchange(&current, with: nil)?.start else { return steps }
            return steps + [.end(keeping: max(0, end - start), hasSpeech: true)]
        }
    }

    private mutating func hasSpeech(before end: Int) -> Bool? {
        if case .utterances = mode { return true }
        return speech.found(before: end)
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
            steps += [.end(keeping: cut, hasSpeech: hasSpeech(before: start + cut)), .begin, .add(rest)]
        }
        return steps
    }
}

/// Where speech was heard since the last recording ended. Does no I/O.
private struct SpeechSpan {
    /// As many windows in a row as an utterance needs: less is the click of a key.
    private static let windows = 3

    /// Whether every window was listened to.
    var isKnown = true
    private var position = 0
    private var run = 0
    private var first: Int?
    private var last = 0

    mutating func hear(_ isSpeech: Bool, _ count: Int) {
        run = isSpeech ? run + 1 : 0
        if run >= Self.windows {
            first = first ?? position
            last = position
        }
        position += count
    }

    /// Whether speech was heard before a position where a recording ends; what was heard after it counts for the next.
    mutating func found(before end: Int) -> Bool? {
        guard isKnown else { return nil }
        let isFound = first.map { $0 < end } ?? false
        first = last >= end && first != nil ? max(first ?? end, end) : nil
        return isFound
    }
}
