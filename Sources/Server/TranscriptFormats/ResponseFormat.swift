public import SpeechTypes

/// The shapes a transcript can be answered in, by the word that a request's `response_format` takes.
///
/// A new format is one case here, one line in each `switch`, and one golden file in the tests.
public enum ResponseFormat: String, CaseIterable, Sendable {
    /// `{"text": "…"}`.
    case json
    /// The bare text.
    case text
    /// Text, segments or words with their times, language and duration.
    case verboseJSON = "verbose_json"
    /// Subtitles as SubRip files have them.
    case srt
    /// Subtitles as the W3C's WebVTT has them.
    case vtt
}

extension ResponseFormat {
    /// The value of the header `Content-Type` for this format.
    public var contentType: String {
        switch self {
        case .json, .verboseJSON: "application/json"
        case .text: "text/plain; charset=utf-8"
        // Without a charset, some clients take what is not JSON for Latin-1.
        case .srt: "application/x-subrip; charset=utf-8"
        case .vtt: "text/vtt; charset=utf-8"
        }
    }

    /// Whether a transcript may be sent while it grows to who asks for this format; all then get the same events.
    public var isStreamable: Bool {
        switch self {
        case .json, .text, .verboseJSON: true
        case .srt, .vtt: false
        }
    }

    /// Writes a transcript out.
    ///
    /// - Parameters:
    ///   - transcript: What was said; without segments for silence.
    ///   - request: What the answer repeats of its request; only `verbose_json` does.
    ///   - timestamps: What `verbose_json` lists with its times.
    ///   - inclusions: What `json` has beside the text.
    /// - Returns: The whole body of an answer. Subtitles end with a line end, the other formats do not.
    public func render(
        _ transcript: Transcript, echoing request: RequestEcho, timestamps: Set<TimestampGranularity> = [.segment],
        including inclusions: Set<Inclusion> = []
    ) -> String {
        switch self {
        case .json: transcript.json(including: inclusions).text
        case .text: transcript.text
        case .verboseJSON: transcript.verboseJSON(echoing: request, timestamps: timestamps).text
        case .srt: transcript.subRip()
        case .vtt: transcript.webVTT()
        }
    }
}

extension Transcript {
    /// The answer of `response_format=json`.
    fileprivate func json(including inclusions: Set<Inclusion>) -> JSONValue {
        var members: [(String, JSONValue)] = [("text", .string(text))]
        if inclusions.contains(.logProbabilities) { members.append(("logprobs", logProbabilitiesJSON())) }
        return .object(members)
    }
}
