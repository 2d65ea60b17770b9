import SpeechTypes

/// How long each language was spoken.
struct LanguageTally {
    private var times: [(language: Language, time: Duration)] = []
    /// The speech in any language.
    private(set) var heard = Duration.zero

    /// Whether there was so much speech that the rest of the recording need not be heard.
    var isEnough: Bool { heard >= .seconds(30) }

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
