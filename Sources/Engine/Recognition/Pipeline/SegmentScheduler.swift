import SpeechTypes

/// A segment to recognise, and what for.
struct SegmentWork: Sendable {
    let segment: SpeechSegment
    let request: RecognitionRequest
    /// Whether the segment is a whole recording, for whose text somebody waits.
    var isWhole = false
}

/// The decode lanes of one recognizer.
typealias SegmentScheduler = LaneScheduler<SegmentWork, [Transcript.Segment]>

extension LaneScheduler<SegmentWork, [Transcript.Segment]> {
    /// Makes the lanes of a recognizer.
    ///
    /// Where the model's family gains by it, segments go together as long as their call costs no more than one segment of
    /// the longest that the model hears: neither the memory of a lane nor the wait for it grows by company. Where a family
    /// decodes one segment at a time, none is background: an interactive one would wait for a thread that lets others go first.
    init(
        lanes: Int, recognizer: Recognizer, patience: DecodePatience = .standard,
        executor: (any TaskExecutor)? = nil
    ) {
        self.init(
            lanes: lanes,
            limits: recognizer.batches
                ? BatchLimits(count: Self.batchCount, total: recognizer.window.samples) : .none,
            measure: { work in
                BatchMeasure(
                    length: work.segment.audio.samples.count, request: work.request,
                    priority: recognizer.concurrency == .one ? .interactive : DecodePriority(of: work.segment))
            },
            patience: patience, executor: executor,
            decode: { batch, isAlone in
                // Those that go together have equal requests.
                let isLone = isAlone && batch[0].isWhole
                return recognizer.recognize(batch.map(\.segment), for: batch[0].request, isAlone: isLone).map {
                    result in
                    result.mapError { TranscriptionError($0) }
                }
            })
    }

    private static var batchCount: Int { 4 }
}
