/// One unit of a model's output: a word, a piece of one, or a character.
public struct Token: Sendable, Equatable, Codable {
    /// The piece as the model writes it; whisper's may be half a character and is then repaired with U+FFFD.
    public let text: String
    /// When it begins in the recording, if the family tells.
    public let start: Duration?
    /// How long it lasts, if the family tells.
    public let duration: Duration?
    /// The natural logarithm of how likely the model took it to be, 0 at most, if the family tells.
    public let logProbability: Double?

    /// Names a token, when it was said and how sure the model was.
    public init(text: String, start: Duration?, duration: Duration? = nil, logProbability: Double? = nil) {
        self.text = text
        self.start = start
        self.duration = duration
        self.logProbability = logProbability
    }
}

/// What was said in a recording.
public struct Transcript: Sendable, Equatable {
    /// A stretch of the transcript that was recognised in one piece.
    public struct Segment: Sendable, Equatable, Codable {
        /// When it begins in the recording: its first token where the family has token times, else its sound.
        public let start: Duration
        /// When it ends; never before `start`.
        public let end: Duration
        /// What was said: trimmed, in Unicode normalisation form C; empty for silence.
        public let text: String
        /// The model's tokens, in order.
        public let tokens: [Token]
        /// When somebody speaks in it, in order and not overlapping, where a detector was asked and the model does not tell
        /// when it hears its tokens.
        public var speech: [Range<Duration>]
        /// The language the model heard, if it tells.
        public var language: Language?

        /// Collects what is known about a stretch.
        public init(
            start: Duration, end: Duration, text: String, tokens: [Token] = [], speech: [Range<Duration>] = [],
            language: Language? = nil
        ) {
            self.start = start
            self.end = end
            self.text = text
            self.tokens = tokens
            self.speech = speech
            self.language = language
        }
    }

    /// The recognised stretches with text, in order, not overlapping.
    public private(set) var segments: [Segment] = []
    /// The whole text: the segments' texts, joined.
    public private(set) var text = ""
    /// How long the recording is, silence included.
    public var duration: Duration
    /// The language of the first segment whose model told one, else what was assumed.
    public private(set) var language: Language?

    /// An empty transcript, as of silence.
    public init(duration: Duration = .zero) {
        self.duration = duration
    }

    /// Takes a language for the one spoken, unless the model heard one.
    public mutating func assume(_ language: Language?) {
        self.language = self.language ?? language
    }

    /// Adds the next segment.
    ///
    /// - Returns: What the whole text grew by, the space before it included; empty for a segment without text.
    @discardableResult
    public mutating func append(_ segment: Segment) -> String {
        language = language ?? segment.language
        guard !segment.text.isEmpty else { return "" }
        segments.append(segment)
        let delta = Script.needsSpace(between: text, and: segment.text) ? " " + segment.text : segment.text
        text += delta
        return delta
    }
}
