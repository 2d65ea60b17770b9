import CZlib
import SpeechTypes

extension Transcript {
    /// The response for `response_format=verbose_json`, with segments, words or both.
    func verboseJSON(echoing request: RequestEcho, timestamps: Set<TimestampGranularity>) -> JSONValue {
        let seconds = JSONValue.seconds(MillisecondClock(duration: duration).end)
        var members: [(String, JSONValue)] = [
            ("task", .string(request.task.rawValue)),
            ("language", .string(request.task == .translate ? "english" : languageName)),
            ("duration", seconds),
            ("text", .string(text)),
        ]
        if timestamps.contains(.segment) {
            members.append(("segments", .array(segmentsJSON(temperature: request.temperature))))
        }
        if timestamps.contains(.word) { members.append(("words", .array(wordsJSON()))) }
        members.append(("usage", ["type": "duration", "seconds": seconds]))
        return .object(members)
    }

    /// The segments, split into readable pieces. OpenAI's clients require every key; unknown values are 0 or empty.
    /// `more` gives further members of a piece.
    func segmentsJSON(
        temperature: Double, adding more: (Segment) -> [(String, JSONValue)] = { _ in [] }
    ) -> [JSONValue] {
        var clock = MillisecondClock(duration: duration)
        return segments.flatMap { $0.readable() }.enumerated().map { id, segment in
            let members: JSONValue = [
                "id": .integer(id),
                "seek": 0,
                "start": .seconds(clock.advance(to: segment.start)),
                "end": .seconds(clock.advance(to: segment.end)),
                "text": .string(segment.text),
                "tokens": [],  // whisper's vocabulary numbers, which the engine does not give
                "temperature": .number(temperature),
                "avg_logprob": .number(segment.meanLogProbability),
                "compression_ratio": .number(segment.text.compressionRatio),
                "no_speech_prob": 0,
            ]
            return members.adding(more(segment))
        }
    }

    private func wordsJSON() -> [JSONValue] {
        var clock = MillisecondClock(duration: duration)
        return segments.flatMap { $0.words() }.map { word in
            [
                "word": .string(word.text),
                "start": .seconds(clock.advance(to: word.start)),
                "end": .seconds(clock.advance(to: word.end)),
            ]
        }
    }
}

extension JSONValue {
    /// A time in seconds. Milliseconds are divided last, so the number prints with at most three decimals.
    static func seconds(_ milliseconds: Int) -> JSONValue {
        .number(Double(milliseconds) / 1000)
    }
}

extension Transcript {
    /// The tokens of the text with the natural logarithms of their probabilities, in the form of OpenAI's `logprobs`.
    package func logProbabilitiesJSON() -> JSONValue {
        .array(
            segments.flatMap(\.tokens).map { token in
                let text = token.textWithSpaces
                return [
                    "token": .string(text),
                    "logprob": token.logProbability.map(JSONValue.number) ?? nil,
                    "bytes": .array(text.utf8.map { .integer(Int($0)) }),
                ]
            })
    }
}

extension Transcript.Segment {
    /// The mean log probability of the tokens; 0 if the model reports none.
    var meanLogProbability: Double {
        let told = tokens.compactMap(\.logProbability)
        return told.isEmpty ? 0 : told.reduce(0, +) / Double(told.count)
    }
}

extension Token {
    /// The token as written by the model, with its word-start mark replaced by a space: the joined tokens are the text.
    fileprivate var textWithSpaces: String { text.replacing("\u{2581}", with: " ") }
}

extension String {
    /// The compression ratio as in OpenAI's whisper: the bytes of the text divided by those of its zlib stream. Above
    /// 2.4 a text mostly repeats itself. Rounded to thousandths; 0 for an empty text.
    var compressionRatio: Double {
        let bytes = Array(utf8)
        guard !bytes.isEmpty else { return 0 }
        var length = compressBound(uLong(bytes.count))
        let status = withUnsafeTemporaryAllocation(of: Bytef.self, capacity: Int(length)) { target in
            compress(target.baseAddress, &length, bytes, uLong(bytes.count))
        }
        guard status == Z_OK, length > 0 else { return 0 }
        return (Double(bytes.count) / Double(length) * 1000).rounded() / 1000
    }
}
