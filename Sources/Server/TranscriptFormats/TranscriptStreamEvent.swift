public import SpeechTypes

/// One event of a transcript that is sent while it grows, as server-sent events.
public enum TranscriptStreamEvent: Sendable {
    /// What the whole text grew by; all deltas together are the text of `done`.
    case delta(String)
    /// The finished transcript; `finished` follows.
    case done(Transcript)
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
    ///
    /// - Parameters:
    ///   - format: What the request asked for. Beside `verbose_json`, events are named on a line of their own and the last
    ///     one has the segments.
    ///   - request: What the answer repeats of its request.
    /// - Returns: The event.
    public func text(for format: ResponseFormat = .json, echoing request: RequestEcho = RequestEcho()) -> String {
        let isVerbose = format == .verboseJSON
        switch self {
        case .delta(let delta):
            return Self.event(
                "transcript.text.delta", ["type": "transcript.text.delta", "delta": .string(delta)], isNamed: isVerbose)
        case .done(let transcript):
            var members: [(String, JSONValue)] = [
                ("type", "transcript.text.done"), ("text", .string(transcript.text)),
                ("duration", .seconds(MillisecondClock(duration: transcript.duration).end)),
                ("language", .string(transcript.languageName)),
            ]
            if isVerbose {
                members.append(("segments", .array(transcript.segmentsJSON(temperature: request.temperature))))
            }
            return Self.event("transcript.text.done", .object(members), isNamed: isVerbose)
        case .error(let body): return Self.event("error", body, isNamed: isVerbose)
        case .finished: return "data: [DONE]\n\n"
        case .heard(let time): return ": heard \(JSONValue.seconds(time.milliseconds).text)\n\n"
        case .keepAlive: return ": keep-alive\n\n"
        }
    }

    /// JSON text has no line ends of its own, so one line always holds it.
    private static func event(_ name: String, _ json: JSONValue, isNamed: Bool) -> String {
        (isNamed ? "event: \(name)\n" : "") + "data: \(json.text)\n\n"
    }
}
