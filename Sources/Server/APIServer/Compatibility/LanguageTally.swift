import SpeechTypes

/// How long each language was spoken.
struct LanguageTally {
    private var times: [(language: Language, time: Duration)] = []
    /// The speech in any language.
    private(set) var heard = Duration.zero

    init() {}

    /// Counts the segments up to 30 s of speech. The caller releases the events, which cancels the rest of the work.
    init(of events: TranscriptEvents) async throws {
        for try await case .segment(let segment) in events {
            add(segment)
            guard heard < .seconds(30) else { return }
        }
    }

    /// Counts a segment, unless it has no text or its language is unknown.
    mutating func add(_ segment: Transcript.Segment) {
        guard !segment.text.isEmpty, let language = segment.language else { return }
        let time = segment.end - segment.start
        heard += time
        if let index = times.firstIndex(where: { $0.language == language }) {
            times[index].time += time
        } else {
            times.append((language, time))
        }
    }

    /// The language that was spoken longest; of several, the first.
    var winner: Language? {
        times.reduce(nil) { (best: (language: Language, time: Duration)?, next) in
            best.map { $0.time >= next.time } == true ? best : next
        }?.language
    }
}
