public import SpeechTypes

/// The formats of a transcript, named as in a request's `response_format`.
///
/// A new format is one case here, one line in each `switch`, and one golden file in the tests.
public enum ResponseFormat: String, CaseIterable, Sendable {
    /// `{"text": "…"}`.
    case json
    /// The bare text.
    case text
    /// Text, segments or words with their times, language and duration.
    case verboseJSON = "verbose_json"
    /// Subtitles in SubRip format.
    case srt
    /// Subtitles in the W3C's WebVTT format.
    case vtt
}

extension ResponseFormat {
    /// The value of the header `Content-Type` for this format.
    public var contentType: String {
        switch self {
        case .json, .verboseJSON: "application/json"
        case .text: "text/plain; charset=utf-8"
        // Without a charset, some clients read a text other than JSON as Latin-1.
        case .srt: "application/x-subrip; charset=utf-8"
        case .vtt: "text/vtt; charset=utf-8"
        }
    }

    /// Whether a transcript in this format may be streamed, as `TranscriptStreamEvent`s.
    public var isStreamable: Bool {
        switch self {
        case .json, .text, .verboseJSON: true
        case .srt, .vtt: false
        }
    }

    /// Renders a transcript.
    ///
    /// - Parameters:
    ///   - transcript: The transcript; without segments for silence.
    ///   - request: The repeated fields of the request, which only `verbose_json` has.
    ///   - timestamps: What `verbose_json` lists with timestamps.
    ///   - inclusions: What `json` has besides the text.
    /// - Returns: The body of a response. Subtitles end with a line end, the other formats do not.
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
    /// The response for `response_format=json`.
    fileprivate func json(including inclusions: Set<Inclusion>) -> JSONValue {
        var members: [(String, JSONValue)] = [("text", .string(text))]
        if inclusions.contains(.logProbabilities) { members.append(("logprobs", logProbabilitiesJSON())) }
        return .object(members)
    }
}
