public import SpeechTypes

/// One event of a transcript that is sent while it grows, as server-sent events.
public enum TranscriptStreamEvent: Sendable {
    /// What the whole text grew by; all deltas together are the text of `done`.
    case delta(String)
    /// The finished transcript; `finished` follows.
    case done(Transcript, languageHint: Language?)
    /// The stream broke off: the same `{"error": {…}}` that an ordinary answer would carry. Nothing follows.
    case error(JSONValue)
    /// The end of a stream that went well.
    case finished
    /// A comment, for clients that ask for it: the recording has been heard up to here.
    case heard(Duration)
    /// A comment that clients skip; it keeps proxies from closing a quiet connection.
    case keepAlive

    /// The value of the header `Content-Type` for a stream of events.
    public static let contentType = "text/event-stream; charset=utf-8"

    /// The bytes on the wire, the blank line at the end included.
    public var text: String {
        switch self {
        case .delta(let delta):
            Self.data(["type": "transcript.text.delta", "delta": .string(delta)])
        case .done(let transcript, let hint):
            Self.data([
                "type": "transcript.text.done",
                "text": .string(transcript.text),
                "duration": .seconds(MillisecondClock(duration: transcript.duration).end),
                "language": .string(transcript.languageName(hint: hint)),
            ])
        case .error(let body): Self.data(body)
        case .finished: "data: [DONE]\n\n"
        case .heard(let time): ": heard \(JSONValue.seconds(time.milliseconds).text)\n\n"
        case .keepAlive: ": keep-alive\n\n"
        }
    }

    /// JSON text has no line ends of its own, so one line always holds it.
    private static func data(_ json: JSONValue) -> String {
        "data: \(json.text)\n\n"
    }
}
