import SpeechRecognition
import SpeechTypes

/// A segment to recognise, and what for.
struct SegmentWork: Sendable {
    let segment: SpeechSegment
    let request: RecognitionRequest
}

/// The decode lanes of one recognizer.
typealias SegmentScheduler = LaneScheduler<SegmentWork, [Transcript.Segment]>

extension LaneScheduler<SegmentWork, [Transcript.Segment]> {
    /// Makes the lanes of a recognizer.
    ///
    /// Where the model's family gains by it, segments go together as long as their call costs no more than one segment of
    /// the longest that the model hears: neither the memory of a lane nor the wait for it grows by company.
    init(lanes: Int, recognizer: Recognizer, executor: (any TaskExecutor)? = nil) {
        self.init(
            lanes: lanes,
            limits: recognizer.batches
                ? BatchLimits(count: Self.batchCount, total: recognizer.window.samples) : .none,
            measure: { work in
                BatchMeasure(
                    length: work.segment.audio.samples.count, request: work.request,
                    priority: DecodePriority(of: work.segment))
            },
            executor: executor,
            decode: { batch, isAlone in
                // Those that go together have equal requests.
                recognizer.recognize(batch.map(\.segment), for: batch[0].request, isAlone: isAlone).map { result in
                    result.mapError { TranscriptionError($0) }
                }
            })
    }

    private static var batchCount: Int { 4 }
}
