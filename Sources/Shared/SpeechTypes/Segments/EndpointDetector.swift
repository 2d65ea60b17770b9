/// Turns what a voice activity detector says, window by window, into stretches of speech. Does no I/O.
///
/// Positions are samples at 16 kHz from the start of the recording, in 64 bits: the detector's own counter has 32.
public struct EndpointDetector: Sendable {
    /// What makes a stretch, in samples at 16 kHz.
    public struct Settings: Sendable, Equatable {
        /// Sound kept before the first speech.
        public var prefix: Int
        /// Sound kept after the last speech; at most `silence`.
        public var suffix: Int
        /// A pause so long ends the stretch; shorter ones are inside it.
        public var silence: Int
        /// Less speech in a row than this begins no stretch: a click of a key, say.
        public var minimumSpeech: Int

        /// Chooses the settings.
        ///
        /// - Parameters:
        ///   - prefix: Sound kept before the first speech.
        ///   - suffix: Sound kept after the last speech; cut to `silence`.
        ///   - silence: The pause that ends a stretch.
        ///   - minimumSpeech: The least speech that begins a stretch.
        public init(prefix: Duration, suffix: Duration, silence: Duration, minimumSpeech: Duration = .zero) {
            self.prefix = prefix.samples
            self.suffix = min(suffix, silence).samples
            self.silence = silence.samples
            self.minimumSpeech = minimumSpeech.samples
        }
    }

    /// What the next window came to.
    public enum Action: Sendable, Equatable {
        /// Nothing new.
        case none
        /// A stretch begins at this position, which may lie up to `longestLookBack` in the past.
        case start(at: Int)
        /// The stretch ended at this position, which lies in the past.
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

    /// Begins in silence, at position 0.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// How far before the end of a window a stretch that begins with it may start, for windows of `window` samples.
    public func longestLookBack(window: Int) -> Int { settings.prefix + max(settings.minimumSpeech, window) + window }

    /// Whether a stretch goes on.
    public var isInside: Bool { if case .speaking = state { true } else { false } }

    /// Hears of the next window.
    ///
    /// - Parameters:
    ///   - isSpeech: Whether somebody spoke in it.
    ///   - window: Where it lies; windows follow one another without gaps.
    /// - Returns: What it came to.
    public mutating func receive(_ isSpeech: Bool, in window: Range<Int>) -> Action {
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

    /// Ends the recording at a position.
    ///
    /// - Returns: `end` if a stretch went on.
    public mutating func finish(at end: Int) -> Action {
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
