/// How a live session is heard. A session may change all of it while it runs.
package struct LiveSettings: Codable, Sendable, Equatable {
    /// How a turn, an utterance with a text of its own, begins and ends without the client's help.
    package struct TurnDetection: Codable, Sendable, Equatable {
        /// The probability from which audio counts as speech, 0…1.
        package var threshold: Double
        /// How much audio before the first speech belongs to a turn.
        package var prefix: Duration
        /// The silence that ends a turn.
        package var silence: Duration

        /// Makes the settings; the defaults are OpenAI's.
        package init(
            threshold: Double = 0.5, prefix: Duration = .milliseconds(300), silence: Duration = .milliseconds(500)
        ) {
            self.threshold = threshold
            self.prefix = prefix
            self.silence = silence
        }
    }

    /// How soon text appears.
    package enum Delay: String, Codable, Sendable, CaseIterable {
        case minimal, low, medium, high, xhigh

        /// How much new audio there must be before the open piece of a turn is decoded for provisional text; `nil` for
        /// no provisional text.
        package var lookInterval: Duration? {
            switch self {
            case .minimal: .milliseconds(500)
            case .low: .seconds(1)
            case .medium: .seconds(2)
            case .high, .xhigh: nil
            }
        }

        /// Whether a turn is decoded in pieces, whose text is final before the turn ends.
        package var hasPieces: Bool { self != .xhigh }
    }

    /// The language; `nil` to leave it to the model.
    package var language: Language?
    /// The languages that may be spoken, if none is named.
    package var candidates: [Language]
    /// Hints about the words.
    package var hints: Hints
    /// How turns are detected; `nil` if the client ends each turn with a commit.
    package var turnDetection: TurnDetection?
    /// How soon text appears.
    package var delay: Delay
    /// The format of the audio.
    package var format: LiveAudioFormat
    /// Whether the tokens are wanted, for their probabilities.
    package var needsTokens: Bool

    /// Makes the settings.
    package init(
        language: Language? = nil, candidates: [Language] = [], hints: Hints = Hints(),
        turnDetection: TurnDetection? = TurnDetection(), delay: Delay = .low,
        format: LiveAudioFormat = .pcm(rate: 24_000), needsTokens: Bool = false
    ) {
        self.language = language
        self.candidates = candidates
        self.hints = hints
        self.turnDetection = turnDetection
        self.delay = delay
        self.format = format
        self.needsTokens = needsTokens
    }
}

/// The format of a live session's audio: mono.
package enum LiveAudioFormat: Codable, Sendable, Equatable {
    /// 16-bit little-endian samples.
    case pcm(rate: Int)
    /// G.711 µ-law, 8 kHz.
    case muLaw
    /// G.711 A-law, 8 kHz.
    case aLaw

    /// The rates that `pcm` may have, in samples a second.
    package static let rates = 8000...48_000

    /// Samples a second.
    package var rate: Int {
        if case .pcm(let rate) = self { rate } else { 8000 }
    }

    /// Bytes of a sample.
    package var bytesPerSample: Int {
        if case .pcm = self { 2 } else { 1 }
    }

    /// How long this many bytes last.
    package func duration(bytes: Int) -> Duration {
        .seconds(Double(bytes / bytesPerSample) / Double(rate))
    }
}
