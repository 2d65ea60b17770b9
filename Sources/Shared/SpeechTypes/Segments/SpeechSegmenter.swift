/// Cuts a recording into segments of speech for a model, while it is read. No I/O.
///
/// All speech that the detector reports is in a segment, with some audio around it. Segments are in order and do not
/// overlap. Speech without pauses is cut at quiet points, and nothing is lost between the segments.
package struct SpeechSegmenter: Sendable {
    package struct Settings: Sendable, Equatable {
        /// The longest segment; more than a fifth of a second.
        package var window: Duration
        /// Audio kept before speech.
        package var prefix: Duration
        /// The shortest pause that ends a stretch of speech; shorter ones are part of it.
        package var silence: Duration
        /// The length up to which neighbouring stretches become one segment; zero keeps them separate.
        package var joining: Duration

        package init(window: Duration, prefix: Duration, silence: Duration, joining: Duration) {
            self.window = window
            self.prefix = prefix
            self.silence = silence
            self.joining = min(joining, window)
        }
    }

    /// Audio kept after speech: a last consonant is too quiet for the detector (silero-vad's `speech_pad_ms` is 30 ms,
    /// with pauses of 100 ms), and models write the end better if they get it.
    static let suffix = Duration.milliseconds(200).samples
    /// Stretches farther apart are not joined: silence costs as much as speech, and models invent words in it.
    static let longestJoinedPause = Duration.seconds(2).samples
    /// The shortest segment, unless the recording is shorter: models fail on less.
    static let shortest = AudioBuffer.sampleRate / 10

    /// Speech with the audio before it. Positions are samples from the start of the recording.
    private struct Stretch {
        var start: Int
        /// The end of the last speech; known only after the stretch has ended.
        var speechEnd = 0
        /// Where the next stretch's audio begins.
        var limit = Int.max

        /// The end of the audio after the speech.
        var end: Int { min(speechEnd + SpeechSegmenter.suffix, limit) }
    }

    private let window: Int
    private let prefix: Int
    private let joining: Int
    private var segmenter: EndpointDetector
    private var sound = AudioHistory()
    /// The last stretch that has ended; others may be joined to it.
    private var closed: Stretch?
    private var open: Stretch?
    /// The end of the last segment.
    private var cutEnd = 0

    package init(_ settings: Settings) {
        window = settings.window.samples
        prefix = settings.prefix.samples
        joining = settings.joining.samples
        segmenter = EndpointDetector(.init(prefix: .zero, suffix: .zero, silence: settings.silence))
    }

    /// Processes the next audio, a detector's window or the rest at the end, and returns the segments that are complete,
    /// usually none.
    package mutating func receive(_ samples: ArraySlice<Float>, isSpeech: Bool) -> [SpeechSegment] {
        let place = sound.append(samples, isSpeech: isSpeech)
        var segments: [SpeechSegment] = []
        switch segmenter.receive(isSpeech, in: place) {
        case .none: break
        case .start(let start): segments += begin(at: start)
        case .end(let end): segments += self.end(at: end)
        }
        segments += cutClosed() + cutOpen()
        // Keep some more: a stretch that turns out too short is extended to the left.
        sound.forget(before: (closed?.start ?? open?.start ?? place.upperBound - prefix) - Self.shortest)
        return segments
    }

    /// Ends the recording, and returns the remaining segments.
    package mutating func finish() -> [SpeechSegment] {
        var segments: [SpeechSegment] = []
        if case .end(let end) = segmenter.finish(at: sound.end) { segments += self.end(at: end) }
        return segments + takeClosed()
    }

    /// Begins a stretch. If the audio kept after the last stretch and before this one would overlap, they meet in the
    /// middle.
    private mutating func begin(at start: Int) -> [SpeechSegment] {
        guard let last = closed else {
            open = Stretch(start: max(cutEnd, start - prefix))
            return []
        }
        let border = min(max((last.speechEnd + start) / 2, start - prefix), last.speechEnd + Self.suffix)
        closed?.limit = border
        open = Stretch(start: max(border, start - prefix))
        // Too short for a segment, and there is no more audio to extend it.
        if border - last.start < Self.shortest { (open, closed) = (Stretch(start: last.start), nil) }
        return start - last.speechEnd > Self.longestJoinedPause ? takeClosed() : []
    }

    private mutating func end(at end: Int) -> [SpeechSegment] {
        guard var ended = exchange(&open, with: nil) else { return [] }
        ended.speechEnd = end
        guard let last = closed else {
            closed = ended
            return []
        }
        let hasRoom = sound.end - last.end >= Self.shortest
        if ended.end - last.start <= joining || !hasRoom {
            closed?.speechEnd = end
            closed?.limit = .max
            return []
        }
        let segments = takeClosed()
        closed = ended
        return segments
    }

    /// Makes a segment of the last stretch if nothing can be joined to it any more, and what follows is not too short.
    private mutating func cutClosed() -> [SpeechSegment] {
        guard let closed else { return [] }
        let next = open?.start ?? closed.end + prefix
        let isFull = (open == nil ? sound.end : sound.speechEnd) + Self.suffix - closed.start > joining
        let isAlone = open == nil && sound.end - closed.speechEnd > Self.longestJoinedPause
        return sound.end >= next + Self.shortest && (isFull || isAlone) ? takeClosed() : []
    }

    /// Cuts the stretch in progress if it is too long, unless it may be in its last pause.
    private mutating func cutOpen() -> [SpeechSegment] {
        var segments: [SpeechSegment] = []
        while let stretch = open, sound.speechEnd - stretch.start > window,
            sound.end - stretch.start >= window + Self.shortest
        {
            segments += takeClosed()
            let cut = quietPlace(in: stretch.start..<sound.end)
            segments += segment(stretch.start..<cut)
            open = Stretch(start: cut)
        }
        return segments
    }

    private mutating func takeClosed() -> [SpeechSegment] {
        guard let stretch = exchange(&closed, with: nil) else { return [] }
        var start = stretch.start
        var end = min(stretch.end, sound.end)
        if end - start < Self.shortest {
            start = max(cutEnd, min(start, end - Self.shortest))
            end = min(sound.end, stretch.limit, max(end, start + Self.shortest))
        }
        var segments: [SpeechSegment] = []
        while stretch.speechEnd - start > window {
            let cut = quietPlace(in: start..<end)
            segments += segment(start..<cut)
            start = cut
        }
        return segments + segment(start..<min(end, start + window))
    }

    /// Searches the last third of the window, so that segments stay long, and leaves a rest that is not too short.
    private func quietPlace(in stretch: Range<Int>) -> Int {
        let end = min(stretch.lowerBound + window, stretch.upperBound - Self.shortest)
        return sound.quietestPoint(in: end - window / 3..<end)
    }

    /// The audio in a range, if there is speech in it.
    private mutating func segment(_ range: Range<Int>) -> [SpeechSegment] {
        cutEnd = range.upperBound
        let speech = sound.takeSpeech(in: range)
        return speech.isEmpty
            ? [] : [SpeechSegment(offset: range.lowerBound, audio: sound[range], stretches: speech)]
    }
}
