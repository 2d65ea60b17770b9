import Essentials
package import SpeechTypes
import TranscriptFormats

/// A server's answer as JSON.
package struct RemoteTranscript: Sendable {
    private let json: JSONValue

    /// Reads the body of an answer with a text; `nil` if it is none. Takes long for a long one.
    package init?(_ body: some Sequence<UInt8>) {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(body)), json["text"]?.string != nil else {
            return nil
        }
        self.json = json
    }

    package var text: String { json["text"]?.string ?? "" }

    /// The length of the recording; `nil` if the server does not say.
    package var duration: Duration? { json.duration }

    /// The language that was heard, from its code or its English name.
    package var language: Language? {
        json["language"]?.string.flatMap { name in Language(named: name) ?? (try? Language(parsing: name)) }
    }

    /// The transcript, with the segments and words that the answer has. If it has no segments, its whole text is one.
    package var transcript: Transcript {
        var words = (json["words"]?.array ?? []).compactMap(\.token)[...]
        var transcript = Transcript()
        var end = Duration.zero
        for segment in json["segments"]?.array ?? [] {
            guard let text = segment["text"]?.string?.trimmed, !text.isEmpty else { continue }
            let start = max(end, segment["start"]?.time ?? end)
            end = max(start, segment["end"]?.time ?? start)
            // A word belongs to the segment in which it begins.
            let own = words.prefix { ($0.start ?? .zero) < end }
            words = words.dropFirst(own.count)
            transcript.append(Transcript.Segment(start: start, end: end, text: text, tokens: Array(own)))
        }
        let length = max(duration ?? end, end)
        if transcript.segments.isEmpty, !text.trimmed.isEmpty {
            transcript.append(Transcript.Segment(start: .zero, end: length, text: text.trimmed, tokens: Array(words)))
        }
        transcript.duration = length
        transcript.assume(language)
        return transcript
    }
}

extension JSONValue {
    /// A time in seconds.
    fileprivate var time: Duration? {
        guard let seconds = double, seconds.isFinite, seconds >= 0 else { return nil }
        return .seconds(clamped: seconds)
    }

    /// A word with its times.
    fileprivate var token: Token? {
        guard let word = self["word"]?.string, let start = self["start"]?.time else { return nil }
        let end = max(start, self["end"]?.time ?? start)
        return Token(text: word, start: start, duration: end - start)
    }
}
