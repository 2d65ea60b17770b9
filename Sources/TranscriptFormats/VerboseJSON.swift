import SpeechTypes

extension Transcript {
    /// The answer of `response_format=verbose_json`.
    ///
    /// OpenAI's client types require every key of a segment; what our models do not tell is 0 or empty.
    func verboseJSON(echoing request: RequestEcho) -> JSONValue {
        var clock = MillisecondClock(duration: duration)
        let seconds = JSONValue.seconds(clock.end)
        let segments = segments.enumerated().map { id, segment -> JSONValue in
            [
                "id": .integer(id),
                "seek": 0,
                "start": .seconds(clock.advance(to: segment.start)),
                "end": .seconds(clock.advance(to: segment.end)),
                "text": .string(segment.text),
                "tokens": [],  // whisper's vocabulary numbers, which the engine does not give
                "temperature": .number(request.temperature),
                "avg_logprob": 0,
                "compression_ratio": 0,
                "no_speech_prob": 0,
            ]
        }
        return [
            "task": .string(request.task.rawValue),
            "language": .string(request.task == .translate ? "english" : languageName(hint: request.languageHint)),
            "duration": seconds,
            "text": .string(text),
            "segments": .array(segments),
            "usage": ["type": "duration", "seconds": seconds],
        ]
    }
}

/// Turns the times of a transcript into whole milliseconds that never decrease and stay inside the recording.
///
/// Rounding alone can push a segment's end past the duration, and a model's token times promise nothing.
struct MillisecondClock {
    /// The length of the recording.
    let end: Int
    private var now = 0

    init(duration: Duration) {
        end = max(0, duration.milliseconds)
    }

    /// The time, moved into what is left of the recording.
    mutating func advance(to time: Duration) -> Int {
        now = min(max(now, time.milliseconds), end)
        return now
    }
}

extension Duration {
    /// The time in whole milliseconds, rounded to the nearest.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let half: Int64 = attoseconds < 0 ? -500_000_000_000_000 : 500_000_000_000_000
        return Int(seconds) * 1000 + Int((attoseconds + half) / 1_000_000_000_000_000)
    }
}

extension JSONValue {
    /// A time in seconds; milliseconds are divided last, so that the number prints with at most three decimals.
    static func seconds(_ milliseconds: Int) -> JSONValue {
        .number(Double(milliseconds) / 1000)
    }
}
