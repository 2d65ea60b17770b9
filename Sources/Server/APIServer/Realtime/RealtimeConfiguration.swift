import Essentials
import SpeechTypes
import TranscriptFormats

/// The configuration of a live session, as the client sees it.
struct RealtimeConfiguration: Sendable, Equatable {
    /// How audio becomes text.
    struct Transcription: Sendable, Equatable {
        /// The model's name as the client wrote it; `nil` for the default model.
        var model: String?
        var language: Language?
        var languages: [Language] = []
        var hints = Hints()
        var delay = LiveSettings.Delay.low
    }

    /// How turns begin and end.
    enum TurnDetection: Sendable, Equatable {
        /// By voice activity. `idleTimeout` is after how much audio without speech the client is told of it.
        case server(LiveSettings.TurnDetection, idleTimeout: Duration?)
        /// By voice activity with a long pause, until there is a model that understands whether a sentence has ended.
        case semantic(Eagerness)
    }

    /// How soon a turn ends after the speaker pauses. OpenAI names the longest pauses: 8, 4 and 2 s. Until a model can
    /// end a turn sooner, these are a quarter of that.
    enum Eagerness: String, Sendable, CaseIterable {
        case low, medium, high, auto

        var silence: Duration {
            switch self {
            case .low: .seconds(2)
            case .medium, .auto: .seconds(1)
            case .high: .milliseconds(500)
            }
        }
    }

    var format = LiveAudioFormat.pcm(rate: 24_000)
    /// Accepted and shown, without effect.
    var noiseReduction: String?
    /// `nil` if no text is wanted.
    var transcription: Transcription? = Transcription()
    /// `nil` if the client commits each turn.
    var turnDetection: TurnDetection? = .server(LiveSettings.TurnDetection(), idleTimeout: nil)
    /// Whether the client has set the turn detection.
    var hasChosenTurnDetection = false
    var includesLogProbabilities = false

    /// Uses the turn detection that OpenAI's sessions have with the model, unless the client has set one. Two models have
    /// none, so clients that name them commit (LiveKit 1.8.9, Pipecat 1.14.0).
    mutating func chooseTurnDetection() {
        guard !hasChosenTurnDetection else { return }
        let models = ["gpt-live-transcribe", "gpt-realtime-whisper"]
        let isCommitted = models.contains { transcription?.model?.hasPrefix($0) == true }
        turnDetection = isCommitted ? nil : .server(LiveSettings.TurnDetection(), idleTimeout: nil)
    }

    /// How an engine hears the session.
    var settings: LiveSettings {
        let detection: LiveSettings.TurnDetection? =
            switch turnDetection {
            case .server(let detection, _): detection
            case .semantic(let eagerness): LiveSettings.TurnDetection(silence: eagerness.silence)
            case nil: nil
            }
        return LiveSettings(
            language: transcription?.language, candidates: transcription?.languages ?? [],
            hints: transcription?.hints ?? Hints(), turnDetection: detection,
            // Without text, nothing is looked at.
            delay: transcription?.delay ?? .xhigh, format: format, needsTokens: includesLogProbabilities)
    }

    /// The configuration as OpenAI's clients read it. The session of this id uses the model of this name, and ends at
    /// `expiry`, in seconds since 1970.
    func json(id: String, expiry: Int, model: String?) -> JSONValue {
        [
            "type": "transcription", "object": "realtime.transcription_session", "id": .string(id),
            "expires_at": .integer(expiry),
            "audio": [
                "input": [
                    "format": format.json,
                    "noise_reduction": noiseReduction.map { ["type": .string($0)] } ?? .null,
                    "transcription": transcription.map { $0.json(model: model) } ?? .null,
                    "turn_detection": turnDetection?.json ?? .null,
                ]
            ],
            "include": includesLogProbabilities ? [.string(Self.logProbabilities)] : .null,
        ]
    }

    /// The value of `include` for the probabilities of tokens.
    static let logProbabilities = "item.input_audio_transcription.logprobs"
}

extension LiveAudioFormat {
    fileprivate var json: JSONValue {
        switch self {
        case .pcm(24_000): ["type": "audio/pcm", "rate": 24_000]
        // OpenAI's clients take no other `rate`.
        case .pcm(let rate): ["type": "audio/pcm", "sample_rate": .integer(rate)]
        case .muLaw: ["type": "audio/pcmu"]
        case .aLaw: ["type": "audio/pcma"]
        }
    }
}

extension RealtimeConfiguration.Transcription {
    fileprivate func json(model: String?) -> JSONValue {
        var members: [(String, JSONValue)] = [("model", JSONValue(self.model ?? model))]
        members.append(("language", JSONValue(language?.code)))
        if !languages.isEmpty { members.append(("languages", .array(languages.map { .string($0.code) }))) }
        if !hints.keywords.isEmpty { members.append(("keywords", .array(hints.keywords.map(JSONValue.string)))) }
        members.append(("prompt", .string(hints.prompt)))
        members.append(("delay", .string(delay.rawValue)))
        return .object(members)
    }
}

extension RealtimeConfiguration.TurnDetection {
    var json: JSONValue {
        switch self {
        case .server(let detection, let idleTimeout):
            [
                "type": "server_vad", "threshold": .number(detection.threshold),
                "prefix_padding_ms": .integer(detection.prefix.inMilliseconds),
                "silence_duration_ms": .integer(detection.silence.inMilliseconds),
                "idle_timeout_ms": idleTimeout.map { .integer($0.inMilliseconds) } ?? .null,
            ]
        case .semantic(let eagerness): ["type": "semantic_vad", "eagerness": .string(eagerness.rawValue)]
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded.
    var inMilliseconds: Int { Int((inSeconds * 1000).rounded()) }
}
