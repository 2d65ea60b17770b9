import BlockingWork
import SpeechRecognition
import SpeechTypes

/// A thread that decodes: one segment at a time, whoever's turn it is.
actor DecodeLane {
    private let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(number: Int) {
        executor = QueueExecutor(label: "decode lane \(number)")
    }

    /// Recognises a segment; the recognizer is shared with the other lanes.
    func recognize(
        _ segment: SpeechSegment, with recognizer: Recognizer, language: Language?, task: SpeechTask?, hints: Hints
    ) throws(RecognitionError) -> [Transcript.Segment] {
        try recognizer.recognize(segment, language: language, task: task, hints: hints)
    }
}
