package import SpeechTypes

/// The formats of whisper-asr-webservice, named as in a request's `output`.
package enum WhisperServiceOutput: String, CaseIterable, Sendable {
    /// A line for each segment.
    case txt
    /// The text, its segments, which may have words, and the language's code.
    case json
    case srt
    case vtt
    /// A line for each segment: its start and end in milliseconds, and its text.
    case tsv
}

extension WhisperServiceOutput {
    /// The service has the same for all of them.
    package static let contentType = "text/plain; charset=utf-8"

    /// Our format that needs the same of the engine.
    package var nearest: ResponseFormat {
        switch self {
        case .txt: .text
        case .json, .tsv: .verboseJSON
        case .srt: .srt
        case .vtt: .vtt
        }
    }

    /// Renders a transcript as the body of a response.
    package func render(_ transcript: Transcript, hasWords: Bool) -> String {
        switch self {
        case .txt: transcript.segments.map { $0.text + "\n" }.joined()
        case .json: transcript.serviceJSON(hasWords: hasWords).text
        case .srt: transcript.subRip()
        case .vtt: transcript.webVTT()
        case .tsv: transcript.tabSeparated()
        }
    }
}

extension Transcript {
    fileprivate func serviceJSON(hasWords: Bool) -> JSONValue {
        let segments = hasWords ? segmentsWithWordsJSON(temperature: 0) : segmentsJSON(temperature: 0)
        return ["text": .string(text), "segments": .array(segments), "language": JSONValue(language?.code)]
    }

    fileprivate func tabSeparated() -> String {
        var clock = MillisecondClock(duration: duration)
        return segments.flatMap { $0.readable() }.reduce(into: "start\tend\ttext\n") { file, segment in
            let start = clock.advance(to: segment.start)
            file += "\(start)\t\(clock.advance(to: segment.end))\t\(segment.text.replacing("\t", with: " "))\n"
        }
    }
}
