/// A recording to transcribe, with its options.
package struct TranscriptionJob: Sendable, Equatable, Codable {
    package var path: String
    /// The file's name in messages: the client's name for it.
    package var fileName: String
    /// Whether the file has no header, only samples: 16 bits, little-endian, one channel, 16 kHz. Otherwise, its format is
    /// found from its content.
    package var isRawPCM: Bool
    package var language: Language?
    /// The languages that may be spoken, if the request lists them: other detected languages are ignored. Unused if
    /// `language` is set.
    package var candidates: [Language]
    /// Transcription or translation; `nil` for the one in the model's options.
    package var task: SpeechTask?
    package var hints: Hints
    package var maximumDuration: Duration
    /// How to cut the recording; `nil` to cut it only if the model needs that.
    package var chunking: ChunkingStrategy?
    /// Whether the segments must have the model's tokens; without them, less is sent.
    package var needsTokens: Bool
    /// Whether the segments must have the times of speech. Without them, a recording that is not cut needs no detector.
    package var needsTimes: Bool

    package init(
        path: String, fileName: String, isRawPCM: Bool = false, language: Language?, candidates: [Language] = [],
        task: SpeechTask? = nil, hints: Hints = Hints(), maximumDuration: Duration,
        chunking: ChunkingStrategy? = nil, needsTokens: Bool = true, needsTimes: Bool = true
    ) {
        self.path = path
        self.fileName = fileName
        self.isRawPCM = isRawPCM
        self.language = language
        self.candidates = candidates
        self.task = task
        self.hints = hints
        self.maximumDuration = maximumDuration
        self.chunking = chunking
        self.needsTokens = needsTokens
        self.needsTimes = needsTimes
    }
}

package enum SpeechTask: String, Sendable, Hashable, Codable, CaseIterable {
    /// The text, in the language spoken.
    case transcribe
    /// A translation: to English, unless the model's options set another language.
    case translate
}

/// How a request wants its recording cut into stretches of speech. The defaults are OpenAI's for `server_vad`
/// (openapi.yaml, `VadConfig`).
package struct ChunkingStrategy: Sendable, Equatable, Codable {
    /// The probability from which audio counts as speech, 0…1.
    package var threshold: Double
    package var prefixPadding: Duration
    package var silence: Duration

    package init(
        threshold: Double = 0.5, prefixPadding: Duration = .milliseconds(300), silence: Duration = .milliseconds(200)
    ) {
        self.threshold = threshold
        self.prefixPadding = prefixPadding
        self.silence = silence
    }
}
