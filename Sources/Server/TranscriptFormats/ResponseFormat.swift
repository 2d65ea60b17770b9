package import SpeechTypes

/// The formats of a transcript, named as in a request's `response_format`.
///
/// A new format is one case here, one line in each `switch`, and one golden file in the tests.
package enum ResponseFormat: String, CaseIterable, Sendable {
    /// `{"text": "…"}`.
    case json
    case text
    /// Text, segments or words with their times, language and duration.
    case verboseJSON = "verbose_json"
    case srt
    case vtt
}

extension ResponseFormat {
    package var contentType: String {
        switch self {
        case .json, .verboseJSON: "application/json"
        case .text: "text/plain; charset=utf-8"
        // Without a charset, some clients read a text other than JSON as Latin-1.
        case .srt: "application/x-subrip; charset=utf-8"
        case .vtt: "text/vtt; charset=utf-8"
        }
    }

    /// Whether a transcript in this format may be streamed, as `TranscriptStreamEvent`s.
    package var isStreamable: Bool {
        switch self {
        case .json, .text, .verboseJSON: true
        case .srt, .vtt: false
        }
    }

    /// Renders a transcript as the body of a response. `verbose_json` repeats fields of the `request` and lists the
    /// `timestamps`; `json` has the `inclusions`. Subtitles end with a line end, the other formats do not.
    package func render(
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
    fileprivate func json(including inclusions: Set<Inclusion>) -> JSONValue {
        var members: [(String, JSONValue)] = [("text", .string(text))]
        if inclusions.contains(.logProbabilities) { members.append(("logprobs", logProbabilitiesJSON())) }
        return .object(members)
    }
}

/// The fields of a request that its response repeats.
package struct RequestEcho: Sendable, Equatable {
    package var task: SpeechTask
    package var temperature: Double

    package init(task: SpeechTask = .transcribe, temperature: Double = 0) {
        self.task = task
        self.temperature = temperature
    }
}

extension Transcript {
    /// The language in responses; `auto` if it is not known.
    var languageName: String { language?.code ?? "auto" }
}

/// Optional parts of a response, named as in a request's `include`.
package enum Inclusion: String, CaseIterable, Sendable {
    case logProbabilities = "logprobs"
}

/// The parts of a transcript that have timestamps, named as in a request's `timestamp_granularities`.
package enum TimestampGranularity: String, CaseIterable, Sendable {
    case segment
    case word
}
