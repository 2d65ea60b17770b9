import Essentials
import SpeechTypes

extension EngineReply {
    /// The reply with every value in range: times between the start of the recording and `Duration.longest`, ends not
    /// before starts, counts at least 0, and reasons safe to print. Sums of such times do not overflow.
    public var bounded: EngineReply {
        switch self {
        case .events(let events): .events(events.map(\.bounded))
        case .load(let load):
            .load(
                LaneLoad(
                    lanes: load.lanes.bounded, busy: load.busy.bounded, waiting: load.waiting.bounded,
                    decoded: load.decoded.bounded))
        case .failed(let error): .failed(TranscriptionError(error.code, error.message.printable))
        }
    }
}

extension TranscriptEvent {
    fileprivate var bounded: TranscriptEvent {
        switch self {
        case .segment(let segment): .segment(segment.bounded)
        case .working: self
        case .done(let summary):
            .done(
                RecordingSummary(
                    duration: summary.duration.bounded, damagedPackets: summary.damagedPackets.bounded,
                    unusedHints: summary.unusedHints, laneWait: summary.laneWait?.bounded, language: summary.language))
        }
    }
}

extension Transcript.Segment {
    fileprivate var bounded: Transcript.Segment {
        let start = start.bounded
        return Transcript.Segment(
            start: start, end: max(start, end.bounded), text: text,
            tokens: tokens.map { token in
                Token(
                    text: token.text, start: token.start?.bounded, duration: token.duration?.bounded,
                    logProbability: token.logProbability)
            },
            speech: speech.map { $0.lowerBound.bounded..<$0.upperBound.bounded }, language: language)
    }
}

extension Duration {
    fileprivate var bounded: Duration { min(max(self, .zero), .longest) }
}

extension Int {
    fileprivate var bounded: Int { Swift.min(Swift.max(self, 0), 1 << 48) }
}
