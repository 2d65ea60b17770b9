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
    func segmentsJSON(temperature: Double) -> [JSONValue] {
        var clock = MillisecondClock(duration: duration)
        return segments.flatMap { $0.readable() }.enumerated().map { id, segment in
            [
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
