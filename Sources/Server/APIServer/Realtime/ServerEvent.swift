import Essentials
import SpeechTypes
import TranscriptFormats

/// An event for the client of a live session. Each gets an id of its own when it is sent.
enum ServerEvent: Sendable {
    case created(session: JSONValue)
    case updated(session: JSONValue)
    case speechStarted(item: String, start: Duration)
    case speechStopped(item: String, end: Duration)
    case timeoutTriggered(item: String, audio: Range<Duration>)
    case committed(item: String, previous: String?)
    case cleared
    case itemAdded(item: String, previous: String?)
    case itemDone(item: String, previous: String?)
    case delta(item: String, text: String)
    case completed(item: String, transcript: Transcript, seconds: Double, includesLogProbabilities: Bool)
    case failed(item: String, APIError)
    /// `cause` is the id of the client's event.
    case error(APIError, cause: String?)

    /// The types of events, as `/asyncapi.json` describes them.
    enum Kind: String, CaseIterable {
        case created = "session.created"
        case updated = "session.updated"
        case speechStarted = "input_audio_buffer.speech_started"
        case speechStopped = "input_audio_buffer.speech_stopped"
        case timeoutTriggered = "input_audio_buffer.timeout_triggered"
        case committed = "input_audio_buffer.committed"
        case cleared = "input_audio_buffer.cleared"
        case itemAdded = "conversation.item.added"
        case itemDone = "conversation.item.done"
        case delta = "conversation.item.input_audio_transcription.delta"
        case completed = "conversation.item.input_audio_transcription.completed"
        case failed = "conversation.item.input_audio_transcription.failed"
        case error
    }

    /// The event as a message.
    var text: String {
        let (kind, members) = content
        let head: [(String, JSONValue)] = [
            ("type", .string(kind.rawValue)), ("event_id", .string(RealtimeID.make("event"))),
        ]
        return JSONValue.object(head + members).text
    }

    private var content: (kind: Kind, members: [(String, JSONValue)]) {
        switch self {
        case .created(let session): (.created, [("session", session)])
        case .updated(let session): (.updated, [("session", session)])
        case .speechStarted(let item, let start):
            (
                .speechStarted,
                [("audio_start_ms", .integer(start.inMilliseconds)), ("item_id", .string(item))]
            )
        case .speechStopped(let item, let end):
            (
                .speechStopped,
                [("audio_end_ms", .integer(end.inMilliseconds)), ("item_id", .string(item))]
            )
        case .timeoutTriggered(let item, let audio):
            (
                .timeoutTriggered,
                [
                    ("audio_start_ms", .integer(audio.lowerBound.inMilliseconds)),
                    ("audio_end_ms", .integer(audio.upperBound.inMilliseconds)), ("item_id", .string(item)),
                ]
            )
        case .committed(let item, let previous):
            (.committed, [("previous_item_id", JSONValue(previous)), ("item_id", .string(item))])
        case .cleared: (.cleared, [])
        case .itemAdded(let item, let previous):
            (.itemAdded, Self.message(item, after: previous))
        case .itemDone(let item, let previous): (.itemDone, Self.message(item, after: previous))
        case .delta(let item, let text): (.delta, Self.part(of: item) + [("delta", .string(text))])
        case .completed(let item, let transcript, let seconds, let includesLogProbabilities):
            (
                .completed,
                Self.part(of: item) + [("transcript", .string(transcript.text))]
                    + Self.details(of: transcript, includesLogProbabilities)
                    + [("usage", ["type": "duration", "seconds": .number(seconds)])]
            )
        case .failed(let item, let error):
            (.failed, Self.part(of: item) + [("error", error.details)])
        case .error(let error, let cause):
            (.error, [("error", error.details(cause: cause))])
        }
    }

    private static func part(of item: String) -> [(String, JSONValue)] {
        [("item_id", .string(item)), ("content_index", .integer(0))]
    }

    private static func message(_ item: String, after previous: String?) -> [(String, JSONValue)] {
        [
            ("previous_item_id", JSONValue(previous)),
            (
                "item",
                [
                    "id": .string(item), "object": "realtime.item", "type": "message", "status": "completed",
                    "role": "user", "content": [["type": "input_audio", "transcript": .null]],
                ]
            ),
        ]
    }

    private static func details(
        of transcript: Transcript, _ includesLogProbabilities: Bool
    ) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        if let language = transcript.language { members.append(("languages", [["code": .string(language.code)]])) }
        // Not every model reports them.
        if includesLogProbabilities,
            transcript.segments.contains(where: { $0.tokens.contains { $0.logProbability != nil } })
        {
            members.append(("logprobs", transcript.logProbabilitiesJSON()))
        }
        return members
    }
}

/// The ids of sessions, items and events.
enum RealtimeID {
    /// Makes an id such as `item_0123456789abcdef0123`.
    static func make(_ kind: String) -> String {
        let digits =
            String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(kind)_\(digits)"
    }
}

extension APIError {
    /// The error within an event.
    var details: JSONValue { details(cause: nil) }

    func details(cause: String?) -> JSONValue {
        [
            "type": .string(type), "code": .string(code), "message": .string(message),
            "param": JSONValue(parameter), "event_id": JSONValue(cause),
        ]
    }
}
