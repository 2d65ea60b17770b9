import SpeechTypes

struct SegmentWork: Sendable {
    let segment: SpeechSegment
    let request: RecognitionRequest
    /// Whether the segment is a whole recording.
    var isWhole = false
    /// The priority; `nil` for that of the segment's position in its recording.
    var priority: DecodePriority?
    /// The part of the segment's audio to decode on its stream; `nil` to decode all of it at once.
    var step: StreamStep?
}

/// The decode lanes of one recognizer.
typealias SegmentScheduler = LaneScheduler<SegmentWork, [Transcript.Segment]>

extension LaneScheduler<SegmentWork, [Transcript.Segment]> {
    /// If the model's family profits from it, segments are batched as long as the call costs no more than one segment
    /// of the longest length the model takes. So batching raises neither a lane's peak memory nor the wait for it. If
    /// the family decodes one segment at a time, all segments are interactive: otherwise an interactive one would wait
    /// for a low-priority thread.
    init(
        lanes: Int, recognizer: Recognizer, patience: DecodePatience = .standard,
        executor: (any TaskExecutor)? = nil
    ) {
        self.init(
            lanes: lanes,
            limits: recognizer.batches
                ? BatchLimits(count: 4, total: recognizer.window.samples) : .none,
            measure: { work in
                BatchMeasure(
                    length: (work.step?.samples ?? work.segment.audio.samples).count, request: work.request,
                    priority: work.priority
                        ?? (recognizer.concurrency == .one ? .interactive : DecodePriority(of: work.segment)),
                    isStreamed: work.step != nil)
            },
            patience: patience, executor: executor,
            decode: { batch, isAlone in
                // Segments of a batch have equal requests, and either all of them have a stream or none.
                let steps = batch.compactMap(\.step)
                let isLone = isAlone && batch[0].isWhole
                let results =
                    steps.isEmpty
                    ? recognizer.recognize(batch.map(\.segment), for: batch[0].request, isAlone: isLone)
                    : recognizer.advance(steps, in: batch.map(\.segment))
                return results.map { result in result.mapError { TranscriptionError($0) } }
            })
    }
}
