import SpeechTypes
import TranscriptFormats

extension RealtimeConfiguration {
    /// The configuration as the `session` of an update for another server, where the model has another name. Only what
    /// every server knows is always in it; all else is in it if it differs from what was sent before.
    func forwarded(as model: String, after previous: RealtimeConfiguration = Self()) -> JSONValue {
        var input: [(String, JSONValue)] = [("format", format.forwarded)]
        if noiseReduction != previous.noiseReduction {
            input.append(("noise_reduction", noiseReduction.map { ["type": .string($0)] } ?? .null))
        }
        let before = previous.transcription ?? Transcription()
        input.append(("transcription", transcription.map { $0.forwarded(as: model, after: before) } ?? .null))
        input.append(("turn_detection", turnDetection?.json ?? .null))
        var session: [(String, JSONValue)] = [("type", "transcription"), ("audio", ["input": .object(input)])]
        if includesLogProbabilities != previous.includesLogProbabilities {
            session.append(("include", includesLogProbabilities ? [.string(Self.logProbabilities)] : .null))
        }
        return .object(session)
    }
}

extension LiveAudioFormat {
    fileprivate var forwarded: JSONValue {
        switch self {
        case .pcm(let rate): ["type": "audio/pcm", "rate": .integer(rate)]
        case .muLaw: ["type": "audio/pcmu"]
        case .aLaw: ["type": "audio/pcma"]
        }
    }
}

extension RealtimeConfiguration.Transcription {
    fileprivate func forwarded(as model: String, after previous: Self) -> JSONValue {
        var members: [(String, JSONValue)] = [("model", .string(model))]
        if language != previous.language { members.append(("language", JSONValue(language?.code))) }
        if languages != previous.languages {
            members.append(("languages", .array(languages.map { .string($0.code) })))
        }
        if hints.keywords != previous.hints.keywords {
            members.append(("keywords", .array(hints.keywords.map(JSONValue.string))))
        }
        if hints.prompt != previous.hints.prompt { members.append(("prompt", .string(hints.prompt))) }
        if delay != previous.delay { members.append(("delay", .string(delay.rawValue))) }
        return .object(members)
    }
}
