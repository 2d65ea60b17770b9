import Essentials
import ModelFamilies
import SherpaOnnx
import SpeechTypes
import Synchronization

/// Decodes the pieces of one live session on the shared lanes.
final class LiveDecoder: Sendable {
    /// A decode, which runs or waits for a lane.
    struct Decoding: Sendable {
        fileprivate let task: Task<[Transcript.Segment], any Error>

        /// The text.
        ///
        /// - Throws: `TranscriptionError`, `CancellationError`.
        func segments() async throws -> [Transcript.Segment] { try await task.value }

        func cancel() { task.cancel() }
    }

    let executor: (any TaskExecutor)?
    private let pipeline: TranscriptionPipeline
    private let recognizer: Recognizer
    private let openPieces: OpenPieces
    private let final = UniqueID()
    private let looks = UniqueID()
    private let running = Mutex<[UniqueID: Task<[Transcript.Segment], any Error>]>([:])

    init(
        _ pipeline: TranscriptionPipeline, recognizer: Recognizer, openPieces: OpenPieces,
        executor: (any TaskExecutor)?
    ) {
        self.pipeline = pipeline
        self.recognizer = recognizer
        self.openPieces = openPieces
        self.executor = executor
    }

    /// Speech of this length, the audio before it included, is no breath.
    private static let certainSpeech = Duration.seconds(1).samples

    /// Whether looks are possible: a model that decodes one segment at a time would let final text wait for them.
    var canLook: Bool { recognizer.concurrency == .any }

    /// Whether the model decodes audio while it arrives.
    var isStreaming: Bool { recognizer.model.family.isStreaming }

    /// Whether the text of a stream only grows.
    var keepsWords: Bool { !recognizer.model.options.usesBeamSearch }

    /// Where the pieces of a turn end. If more people speak than there are lanes, there is no time for looks, and the
    /// text of a long piece would make others wait.
    func limits(for settings: LiveSettings) -> TurnSegmenter.PieceLimits {
        .of(recognizer.model.family, delay: settings.delay, canLook: canLook && !openPieces.areCrowded)
    }

    /// Counts an open piece as long as the result lives.
    func markOpenPiece() -> OpenPieces.Mark { openPieces.add() }

    /// Makes a stream for a piece; `nil` if the model takes complete segments only.
    ///
    /// - Throws: `RecognitionError` if the library fails.
    func makeStream(_ settings: LiveSettings) throws(RecognitionError) -> OnlineStream? {
        try recognizer.makeStream(for: RecognitionRequest(settings))
    }

    /// Checks the settings that depend on the model.
    ///
    /// - Throws: `TranscriptionError` naming the language.
    func check(_ settings: LiveSettings) throws(TranscriptionError) {
        try pipeline.check(settings.language, candidates: settings.candidates)
    }

    /// The hints that have no effect with this model.
    func unusedHints(of settings: LiveSettings) -> [Hints.Field] {
        settings.hints.fields(of: recognizer.unused(settings.hints))
    }

    /// The language of a text whose language the model does not report.
    func expectedLanguage(_ requested: Language?) -> Language? { recognizer.expectedLanguage(for: requested) }

    /// Begins to decode a piece: all of it at once, or the next step of its stream, after the step before it.
    func decode(
        _ segment: SpeechSegment, settings: LiveSettings, priority: DecodePriority = .live, step: StreamStep? = nil,
        after previous: Decoding? = nil
    ) -> Decoding {
        let request = SegmentRequest(
            options: RecognitionRequest(settings), candidates: settings.candidates, needsTokens: settings.needsTokens,
            needsTimes: false,
            // A model that decodes one segment at a time has one queue, for a low priority would make all wait.
            priority: recognizer.concurrency == .any ? priority : .interactive,
            // Before the last step, the segment has only a part of what the text was heard in.
            isDoubtful: step?.isLast != false && segment.stretches.reduce(0) { $0 + $1.count } < Self.certainSpeech,
            step: step)
        let id = UniqueID()
        let job = priority == .look ? looks : final
        let task = running.withLock { running in
            let task = Task(executorPreference: executor) { [self] in
                defer { self.running.withLock { $0[id] = nil } }
                _ = try await previous?.segments()
                return try await pipeline.recognize(segment, request, as: job).segments
            }
            running[id] = task
            return task
        }
        return Decoding(task: task)
    }

    /// Cancels all decodes that wait for a lane.
    func cancelAll() {
        for task in running.withLock({ Array($0.values) }) { task.cancel() }
    }
}

extension RecognitionRequest {
    fileprivate init(_ settings: LiveSettings) { self.init(language: settings.language, hints: settings.hints) }
}
