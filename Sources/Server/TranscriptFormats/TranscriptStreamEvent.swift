package import SpeechTypes

/// One event of a streamed transcript, sent as a server-sent event.
package enum TranscriptStreamEvent: Sendable {
    /// What is appended to the text; all deltas together are the text of `done`.
    case delta(String)
    /// The finished transcript; `finished` follows.
    case done(Transcript)
    /// The text that another server has streamed, which says nothing else about it; `finished` follows.
    case doneText(String)
    /// An event of another server as it came: its type, and its JSON in one line.
    case relayed(type: String, json: String)
    /// The stream failed: the same `{"error": {…}}` as in an ordinary response. Nothing follows.
    case error(JSONValue)
    case finished
    /// A comment, for clients that ask for it: the recording has been processed up to here.
    case heard(Duration)
    /// A comment that clients skip; it keeps proxies from closing an idle connection.
    case keepAlive

    package static let contentType = "text/event-stream; charset=utf-8"

    /// The bytes on the wire, including the blank line at the end. For `verbose_json`, events have a line with their
    /// name, and the last one has the segments.
    package func text(for format: ResponseFormat = .json, echoing request: RequestEcho = RequestEcho()) -> String {
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
        case .doneText(let text):
            return Self.event(
                "transcript.text.done",
                ["type": "transcript.text.done", "text": .string(text), "language": "auto"], isNamed: isVerbose)
        case .relayed(let type, let json): return Self.event(type, json, isNamed: isVerbose)
        case .error(let body): return Self.event("error", body, isNamed: isVerbose)
        case .finished: return "data: [DONE]\n\n"
        case .heard(let time): return ": heard \(JSONValue.seconds(time.milliseconds).text)\n\n"
        case .keepAlive: return ": keep-alive\n\n"
        }
    }

    /// JSON text contains no line ends, so it fits on one line.
    private static func event(_ name: String, _ json: JSONValue, isNamed: Bool) -> String {
        event(name, json.text, isNamed: isNamed)
    }

    private static func event(_ name: String, _ json: String, isNamed: Bool) -> String {
        (isNamed ? "event: \(name)\n" : "") + "data: \(json)\n\n"
    }
}
