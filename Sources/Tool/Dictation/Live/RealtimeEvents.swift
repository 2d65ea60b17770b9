import Essentials
import NIOCore
import NIOFoundationEssentialsCompat
import TranscriptFormats

/// An event of a server's live session, as far as the tool uses it.
enum RealtimeEvent: Equatable {
    /// The configuration in force. `byClient` says whether the client ends each turn.
    case updated(byClient: Bool)
    case committed(item: String)
    case cleared
    /// Text to append to an item's.
    case delta(item: String, String)
    /// The whole text of an item.
    case completed(item: String, String)
    case failed(item: String, reason: String)
    /// Something that the client asked for cannot be done.
    case error(code: String?, reason: String)
    /// An event that changes nothing here.
    case other

    /// Parses a message; `nil` if it is no event.
    init?(_ message: ByteBuffer) {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: message), let type = json["type"]?.string
        else { return nil }
        let item = json["item_id"]?.string
        switch type {
        case "session.updated":
            let detection = json["session"]?["audio"]?["input"]?["turn_detection"]
            self = .updated(byClient: detection?.isNull ?? true)
        case "input_audio_buffer.committed":
            guard let item else { return nil }
            self = .committed(item: item)
        case "input_audio_buffer.cleared": self = .cleared
        case "conversation.item.input_audio_transcription.delta":
            guard let item, let text = json["delta"]?.string else { return nil }
            self = .delta(item: item, text)
        case "conversation.item.input_audio_transcription.completed":
            guard let item, let text = json["transcript"]?.string else { return nil }
            self = .completed(item: item, text)
        case "conversation.item.input_audio_transcription.failed":
            guard let item else { return nil }
            self = .failed(item: item, reason: Self.reason(in: json))
        case "error": self = .error(code: json["error"]?["code"]?.string, reason: Self.reason(in: json))
        default: self = .other
        }
    }

    private static func reason(in json: JSONValue) -> String { ServerReason.find(in: json) ?? "It gives no reason." }
}

/// How a live session is to hear: the content of its `session.update`.
struct RealtimeConfiguration: Equatable {
    /// The model; `nil` for the server's default.
    var model: String?
    var language: String?
    var prompt: String?
    /// Samples per second.
    var rate: Int
    /// How soon text appears: `low` or `high`, whose text is final; `nil` for servers that may not know it.
    var delay: String?

    /// The event that sets it. The client ends each turn.
    var event: String {
        let transcription = [("model", model), ("language", language), ("prompt", prompt), ("delay", delay)]
            .compactMap { name, value in value.map { (name, JSONValue.string($0)) } }
        let input: JSONValue = [
            "format": ["type": "audio/pcm", "rate": .integer(rate)], "turn_detection": nil,
            "transcription": .object(transcription),
        ]
        let session: JSONValue = ["type": "transcription", "audio": ["input": input]]
        return JSONValue.object([("type", "session.update"), ("session", session)]).text
    }
}

/// Turns the sound of recordings into a client's events.
struct RealtimeAudio {
    /// What happens to a recording.
    enum Step: Equatable {
        /// Samples at 16 kHz, of full scale −1…1.
        case sound([Float])
        /// The recording is complete.
        case commit
        /// The recording is dropped.
        case clear
    }

    private let rate: Int
    private var upsampler = Upsampler()

    /// Uses a rate of 16000 or 24000 samples per second.
    init(rate: Int) { self.rate = rate }

    /// The events to send for a step.
    mutating func events(for step: Step) -> [String] {
        switch step {
        case .sound(let sound): return append(rate == Upsampler.rate ? upsampler.receive(sound) : sound)
        case .commit:
            let rest = rate == Upsampler.rate ? upsampler.finish() : []
            return append(rest) + [#"{"type": "input_audio_buffer.commit"}"#]
        case .clear:
            upsampler = Upsampler()
            return [#"{"type": "input_audio_buffer.clear"}"#]
        }
    }

    private func append(_ sound: [Float]) -> [String] {
        guard !sound.isEmpty else { return [] }
        let audio = WaveHeader.bytes(of: sound).base64EncodedString()
        return [#"{"type": "input_audio_buffer.append", "audio": "\#(audio)"}"#]
    }
}
