import SpeechTypes

/// Divides the sound of a microphone into recordings as it arrives. Does no I/O.
struct UtteranceSegmenter {
    enum Step: Equatable {
        case begin
        case add([Float])
        /// End it and keep only its first `keeping` samples; 0 if it has no speech at all. `hasSpeech` says whether a
        /// detector heard speech in it; `nil` if none was listening.
        case end(keeping: Int, hasSpeech: Bool?)
    }

    /// How much sound is kept from before the speech.
    static let preRoll = Duration.milliseconds(300)
    /// How much of the pause is kept after the speech.
    private static let postRoll = Duration.milliseconds(300)
    /// The detector reports the end of speech two windows late or more (75 to 131 ms over the fixtures' session). The
    /// delay is part of the pause.
    private static let detectorDelay = Duration.milliseconds(64)
    /// Anything shorter is the click of a key, not speech.
    private static let minimumSpeech = Duration.milliseconds(96)
    /// A recording is cut at the quietest point of its last third, or of this time if that is shorter.
    private static let cutRange = Duration.seconds(20).samples
    private static let window = SpeechWindow.samples
    private var windows = FrameChunker(size: window)

    private let mode: ListeningMode
    private var segmenter: EndpointDetector
    private let longest: Int?
    /// The last sound before `position`, for the start of an utterance.
    private var history: [Float] = []
    /// The current recording. Its samples are kept only if it may have to be split, so that memory use stays bounded.
    private var current: (start: Int, samples: [Float])?
    private var position = 0
    /// Where speech was heard, for modes in which speech does not decide where recordings begin and end.
    private var speech = SpeechSpan()

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

    /// Takes samples at 16 kHz, and for each of the detector's windows that ends in them whether it is speech; `nil`
    /// without a detector, which mode `utterances` needs.
    mutating func receive(_ sound: [Float], speech: [Bool]?) -> [Step] {
        guard !mode.isByUtterance else {
            return zip(windows.receive(sound), speech ?? []).flatMap { hear($0, $1) }
        }
        guard !sound.isEmpty else { return [] }
        if let speech {
            for (samples, isSpeech) in zip(windows.receive(sound), speech) { self.speech.hear(isSpeech, samples.count) }
        } else {
            self.speech.isKnown = false
        }
        let steps = current == nil ? begin(at: position) : []
        position += sound.count
        return steps + add(sound)
    }

    /// The silence to receive in place of lost sound: at least as long as the gap, but no more than a minute. It
    /// completes a window, because the detector for the sound that follows begins a new one.
    func silence(for gap: Duration, isHeard: Bool) -> (sound: [Float], speech: [Bool]?) {
        let begun = windows.rest.count
        let count = (begun + min(gap, .seconds(60)).samples + Self.window - 1) / Self.window
        let speech = isHeard ? [Bool](repeating: false, count: count) : nil
        return ([Float](repeating: 0, count: count * Self.window - begun), speech)
    }

    /// A recording that gets too long is cut at this sample or later; `nil` if none is cut.
    var earliestCut: Int? { longest.map { max($0 * 2 / 3, $0 - Self.cutRange) } }

    mutating func finish() -> [Step] {
        defer { current = nil }
        guard let current else { return [] }
        guard mode.isByUtterance else {
            return [.end(keeping: position - current.start, hasSpeech: speech.found(before: position))]
        }
        let end = position + windows.rest.count
        guard case .end(let cut) = segmenter.finish(at: end) else { return [] }
        return [.add(windows.rest), .end(keeping: max(0, cut - current.start), hasSpeech: true)]
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

    private mutating func begin(at start: Int) -> [Step] {
        current = (start, [])
        return [.begin]
    }

    private mutating func add(_ samples: [Float]) -> [Step] {
        guard let longest else { return [.add(samples)] }
        var steps = [Step.add(samples)]
        current?.samples += samples
        while let (start, whole) = current, whole.count >= longest + AudioBuffer.sampleRate / 10 {
            let cut = QuietestPoint.index(in: whole, (earliestCut ?? 0)..<longest)
            let rest = Array(whole[cut...])
            current = (start + cut, rest)
            let hasSpeech = mode.isByUtterance ? true : speech.found(before: start + cut)
            steps += [.end(keeping: cut, hasSpeech: hasSpeech), .begin, .add(rest)]
        }
        return steps
    }
}

/// Where speech was heard since the last recording ended. Does no I/O.
private struct SpeechSpan {
    /// The windows in a row that make an utterance: fewer are the click of a key.
    private static let windows = 3

    /// Whether a detector heard every window.
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

    /// Whether speech was heard before `end`, where a recording ends; speech after it counts for the next recording.
    mutating func found(before end: Int) -> Bool? {
        guard isKnown else { return nil }
        let isFound = first.map { $0 < end } ?? false
        first = last >= end && first != nil ? max(first ?? end, end) : nil
        return isFound
    }
}
