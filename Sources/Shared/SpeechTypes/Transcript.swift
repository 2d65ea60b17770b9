/// One unit of a model's output: a word, a piece of one, or a character.
package struct Token: Sendable, Equatable, Codable {
    /// The text of the token; a whisper token may be part of a character, replaced by U+FFFD.
    package let text: String
    /// Its start in the recording, if the family reports it.
    package let start: Duration?
    package let duration: Duration?
    /// The natural logarithm of its probability, 0 at most, if the family reports it.
    package let logProbability: Double?

    package init(text: String, start: Duration?, duration: Duration? = nil, logProbability: Double? = nil) {
        self.text = text
        self.start = start
        self.duration = duration
        self.logProbability = logProbability
    }
}

package struct Transcript: Sendable, Equatable {
    /// A part of the transcript that was recognised in one piece.
    package struct Segment: Sendable, Equatable, Codable {
        /// Its start in the recording: that of its first token if the family has token times, otherwise of its audio.
        package let start: Duration
        /// Its end; never before `start`.
        package let end: Duration
        /// The text: trimmed, in Unicode normalisation form C; empty for silence.
        package let text: String
        package let tokens: [Token]
        /// The stretches of speech in it, in order and not overlapping, if a detector was run and the model reports no
        /// token times.
        package var speech: [Range<Duration>]
        /// The language that the model detected, if it reports one.
        package var language: Language?

        package init(
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

    /// The segments with text, in order, not overlapping.
    package private(set) var segments: [Segment] = []
    /// The whole text: the segments' texts, joined.
    package private(set) var text = ""
    /// The length of the recording, silence included.
    package var duration: Duration
    /// The language of the first segment that has one, otherwise the assumed one.
    package private(set) var language: Language?

    package init(duration: Duration = .zero) {
        self.duration = duration
    }

    /// Sets the language, unless the model detected one.
    package mutating func assume(_ language: Language?) {
        self.language = self.language ?? language
    }

    /// Adds the next segment, and returns the text that was appended, including the space before it.
    @discardableResult
    package mutating func append(_ segment: Segment) -> String {
        language = language ?? segment.language
        guard !segment.text.isEmpty else { return "" }
        segments.append(segment)
        let delta = Script.needsSpace(between: text, and: segment.text) ? " " + segment.text : segment.text
        text += delta
        return delta
    }
}
