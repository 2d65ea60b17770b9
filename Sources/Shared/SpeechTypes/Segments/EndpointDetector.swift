/// Converts the results of a voice activity detector, window by window, to stretches of speech. No I/O.
///
/// Positions are samples at 16 kHz from the start of the recording, in 64 bits: the detector's own counter has 32.
package struct EndpointDetector: Sendable {
    /// The parameters of a stretch, in samples at 16 kHz.
    package struct Settings: Sendable, Equatable {
        /// Audio kept before the first speech.
        package var prefix: Int
        /// Audio kept after the last speech; at most `silence`.
        package var suffix: Int
        /// The shortest pause that ends the stretch; shorter ones are part of it.
        package var silence: Int
        /// The shortest continuous speech that begins a stretch, to exclude key clicks and the like.
        package var minimumSpeech: Int

        package init(prefix: Duration, suffix: Duration, silence: Duration, minimumSpeech: Duration = .zero) {
            self.prefix = prefix.samples
            self.suffix = min(suffix, silence).samples
            self.silence = silence.samples
            self.minimumSpeech = minimumSpeech.samples
        }
    }

    package enum Action: Sendable, Equatable {
        case none
        /// A stretch begins at this position, up to `longestLookBack` in the past.
        case start(at: Int)
        /// The stretch ended at this position, which is in the past.
        case end(at: Int)
    }

    private enum State: Sendable {
        case silent
        case maybe(since: Int)
        case speaking(lastSpeech: Int)
    }

    private let settings: Settings
    private var state = State.silent
    private var previousEnd = 0

    /// Begins in silence, or within a stretch whose last speech ended at a position.
    package init(_ settings: Settings, speakingUntil lastSpeech: Int? = nil) {
        self.settings = settings
        if let lastSpeech { state = .speaking(lastSpeech: lastSpeech) }
    }

    /// Whether a stretch is in progress.
    package var isInside: Bool { if case .speaking = state { true } else { false } }

    /// How far before the end of its first window a stretch may start, for windows of `window` samples.
    package func longestLookBack(window: Int) -> Int { settings.prefix + max(settings.minimumSpeech, window) + window }

    /// Processes the next window.
    package mutating func receive(_ isSpeech: Bool, in window: Range<Int>) -> Action {
        switch state {
        case .silent:
            guard isSpeech else { return .none }
            return heard(since: window.lowerBound, upTo: window.upperBound)
        case .maybe(let since):
            guard isSpeech else {
                state = .silent
                return .none
            }
            return heard(since: since, upTo: window.upperBound)
        case .speaking(let lastSpeech):
            guard !isSpeech else {
                state = .speaking(lastSpeech: window.upperBound)
                return .none
            }
            guard window.upperBound - lastSpeech >= settings.silence else { return .none }
            state = .silent
            previousEnd = lastSpeech + settings.suffix
            return .end(at: previousEnd)
        }
    }

    /// Ends the recording at a position, and with it the stretch in progress, if any.
    package mutating func finish(at end: Int) -> Action {
        guard case .speaking(let lastSpeech) = state else { return .none }
        state = .silent
        previousEnd = min(end, lastSpeech + settings.suffix)
        return .end(at: previousEnd)
    }

    private mutating func heard(since: Int, upTo end: Int) -> Action {
        guard end - since >= settings.minimumSpeech else {
            state = .maybe(since: since)
            return .none
        }
        state = .speaking(lastSpeech: end)
        return .start(at: max(previousEnd, since - settings.prefix))
    }
}
