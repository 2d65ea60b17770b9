import Concurrency
import Essentials
import ModelFamilies
package import SpeechTypes

/// Transcribes recordings: reads a recording, cuts it into segments, recognises them on the shared lanes, and reports
/// them in order.
package struct TranscriptionPipeline: Sendable {
    private let recognizer: Recognizer
    private let scheduler: SegmentScheduler
    private let detector: VoiceActivityModel
    private let finder: SpeechFinder
    private let clock: any Clock<Duration>
    let cutting: AsyncSemaphore
    /// Where all live sessions hear: the detector takes 18 s for an hour of audio.
    private let hearing = QueueExecutor(label: "live hearing")
    private let openPieces: OpenPieces

    /// Makes a pipeline for one model, with decode lanes that all its jobs share. A decode that takes longer than
    /// `patience` counts as hung. `clock` times the `working` event, which is sent every second.
    package init(
        recognizer: Recognizer, lanes: Int, detector: VoiceActivityModel,
        patience: DecodePatience = .standard, clock: any Clock<Duration> = ContinuousClock(),
        executor: (any TaskExecutor)? = nil
    ) {
        self.init(
            recognizer: recognizer,
            scheduler: SegmentScheduler(lanes: lanes, recognizer: recognizer, patience: patience, executor: executor),
            detector: detector,
            clock: clock)
    }

    init(
        recognizer: Recognizer, scheduler: SegmentScheduler, detector: VoiceActivityModel,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.recognizer = recognizer
        self.scheduler = scheduler
        self.detector = detector
        finder = SpeechFinder(detector)
        self.clock = clock
        openPieces = OpenPieces(lanes: scheduler.laneCount)
        cutting = AsyncSemaphore(Self.mostCut(onLanes: scheduler.laneCount))
    }

    /// How many recordings are cut at the same time. The detector and the queued segments take about 18 MB for each;
    /// without this limit, memory would grow with the number of clients. The limit is more than enough to keep the
    /// lanes busy.
    static func mostCut(onLanes lanes: Int) -> Int { 2 * lanes + 2 }

    package var load: LaneLoad { get async { await scheduler.load } }

    /// Decodes a short signal on every lane, so that the first request does not pay for one-time initialisation.
    package func warmUp() async throws {
        // Not exact silence, in which some models find nothing to decode; and short, since a longer signal yields more
        // text.
        let sound = AudioBuffer(samples: (0..<AudioBuffer.sampleRate / 4).map { Float($0 % 7 - 3) * 1e-4 })
        let work = SegmentWork(segment: SpeechSegment(offset: 0, audio: sound), request: RecognitionRequest())
        try await withThrowingTaskGroup { group in
            for _ in 0..<scheduler.laneCount {
                group.addTask { _ = try await scheduler.run(work, for: UniqueID()) }
            }
            try await group.waitForAll()
        }
    }

    private enum Step: Sendable {
        case read(SegmentReader.Next)
        case recognized(index: Int, segments: [Transcript.Segment], wait: Duration)
        case tick
    }

    /// Transcribes one recording. Holds at most two more segments than there are lanes in memory, plus the audio from
    /// which the next one is cut.
    ///
    /// `report` receives events that occurred together, in order; the pipeline waits for it. When this throws, all work
    /// has ended.
    package func run(_ job: TranscriptionJob, report: ([TranscriptEvent]) async throws -> Void) async throws {
        try check(job.language, task: job.task, candidates: job.candidates)
        let reader = reader(of: job)
        try await withThrowingTaskGroup(of: Step.self) { group in
            var isReading = false
            var summary: RecordingSummary?
            var firstWait: Duration?
            var toldLength: Duration?
            var order = InOrder<[Transcript.Segment]>()
            var events: [TranscriptEvent] = []
            let jobID = UniqueID()
            func addTick() {
                group.addTask {
                    try await clock.sleep(for: .seconds(1))
                    return .tick
                }
            }
            addTick()
            while summary == nil || order.outstanding > 0 {
                if summary == nil, !isReading, order.outstanding <= scheduler.laneCount {
                    isReading = true
                    group.addTask { .read(try await reader.next()) }
                }
                guard let step = try await group.next() else { break }
                switch step {
                case .read(.segment(let segment)):
                    isReading = false
                    let index = order.begin()
                    group.addTask {
                        let (segments, wait) = try await recognize(segment, SegmentRequest(job), as: jobID)
                        return .recognized(index: index, segments: segments, wait: wait)
                    }
                case .read(.end(let duration, let damagedPackets)):
                    summary = RecordingSummary(
                        duration: duration, damagedPackets: damagedPackets,
                        unusedHints: job.hints.fields(of: recognizer.unused(job.hints)),
                        language: recognizer.expectedLanguage(for: job.language))
                case .recognized(let index, let segments, let wait):
                    if index == 0 { firstWait = wait }
                    events += order.finish(index, with: segments).joined().map(TranscriptEvent.segment)
                    // Report the last segments with the end: each report costs the receiver a thread switch.
                    if !events.isEmpty, summary == nil || order.outstanding > 0 {
                        try await report(exchange(&events, with: []))
                    }
                case .tick:
                    // If the receiver gets no event for too long, it ends the process.
                    if !reader.watch.isOverdue, await !scheduler.isStuck {
                        let length = toldLength == nil ? reader.statedLength : nil
                        toldLength = toldLength ?? length
                        try await report((length.map { [.length($0)] } ?? []) + [.working])
                    }
                    addTick()
                }
            }
            if var summary {
                summary.laneWait = firstWait
                try await report(events + [.done(summary)])
            }
            group.cancelAll()
        }
    }

    /// Checks what depends on the model, before any other work.
    ///
    /// - Throws: `TranscriptionError` naming the value.
    func check(
        _ language: Language?, task: SpeechTask? = nil, candidates: [Language]
    ) throws(TranscriptionError) {
        do throws(RecognitionError) { try recognizer.check(language, task: task) } catch {
            throw TranscriptionError(error)
        }
        guard language == nil else { return }
        for candidate in candidates {
            do throws(RecognitionError) { try recognizer.check(candidate) } catch {
                throw TranscriptionError(.unsupportedCandidate, error.message)
            }
        }
    }

    private func reader(of job: TranscriptionJob) -> SegmentReader {
        SegmentReader(job, cutting: cutting) { [recognizer, detector] () throws(TranscriptionError) in
            // Make the plan on the reader's thread: for many phrases it takes longer than a short clip.
            _ = recognizer.unused(job.hints)
            return try RecordingSegmenter(
                window: recognizer.window, joining: recognizer.preferredSegment, strategy: job.chunking,
                model: detector)
        }
    }

    /// Recognises a segment on a lane, in the turn of a job.
    ///
    /// - Returns: The transcript, and how long the segment waited for a lane.
    /// - Throws: `TranscriptionError`, `CancellationError`.
    func recognize(
        _ segment: SpeechSegment, _ request: SegmentRequest, as id: UniqueID
    ) async throws -> (segments: [Transcript.Segment], wait: Duration) {
        // Only a recording that was not cut has not been through a detector yet.
        let isUnknown = (segment.stretches.isEmpty || request.isDoubtful) && detector.fault == nil
        async let found = isUnknown && request.needsTimes ? finder.stretches(in: segment) : nil
        let work = SegmentWork(
            segment: segment, request: request.options, isWhole: segment.stretches.isEmpty, priority: request.priority,
            step: request.step)
        let (recognized, wait) = try await scheduler.run(work, for: id)
        var heard = request.options.language == nil ? recognized.heard(among: request.candidates) : recognized
        let stretches = await found
        if isUnknown, Doubt.doubts(heard.map(\.text).joined(separator: " "), of: segment.audio) {
            let hasSpeech =
                if let stretches { !stretches.isEmpty } else { await finder.hasSpeech(in: segment.audio) ?? true }
            if !hasSpeech { heard = heard.map(\.withoutText) }
        }
        let said =
            stretches.map { heard.said(within: $0, where: segment) } ?? heard.said(within: segment.stretches)
        return (request.needsTokens ? said : said.map(\.withoutTokens), wait)
    }

    /// Begins a live session, or continues one that another engine began. `report` receives its events in order, and must
    /// not block. Throws if the model does not support the settings.
    package func live(
        _ start: LiveStart, report: @escaping @Sendable (LiveEvent) -> Void
    ) throws(TranscriptionError) -> LiveSession {
        try check(start.settings.language, candidates: start.settings.candidates)
        return try LiveSession(
            start,
            decoder: LiveDecoder(
                self, recognizer: recognizer, openPieces: openPieces, executor: scheduler.executor),
            detector: detector, on: hearing, report: report)
    }

    /// Whether a decode hangs: a sign of life would be a lie.
    package var isStuck: Bool {
        get async { await scheduler.isStuck }
    }
}

/// What is asked of a segment.
struct SegmentRequest: Sendable {
    var options: RecognitionRequest
    var candidates: [Language]
    var needsTokens: Bool
    var needsTimes: Bool
    /// The priority; `nil` for that of the segment's position in its recording.
    var priority: DecodePriority?
    /// Whether what the detector took for speech may be none, such as a breath: then it hears the segment by itself if the
    /// text is doubtful too.
    var isDoubtful = false
    /// The part of the segment's audio to decode on its stream; `nil` to decode all of it at once.
    var step: StreamStep?
}

extension SegmentRequest {
    init(_ job: TranscriptionJob) {
        self.init(
            options: RecognitionRequest(language: job.language, task: job.task, hints: job.hints),
            candidates: job.candidates, needsTokens: job.needsTokens, needsTimes: job.needsTimes)
    }
}

extension Transcript.Segment {
    fileprivate var withoutTokens: Self {
        Self(start: start, end: end, text: text, speech: speech, language: language)
    }

    fileprivate var withoutText: Self { Self(start: start, end: end, text: "") }
}

extension [Transcript.Segment] {
    /// The segments without detected languages that are not among the candidates; unchanged if there are no candidates.
    fileprivate func heard(among candidates: [Language]) -> Self {
        map { segment in
            var segment = segment
            if let language = segment.language, !candidates.isEmpty, !candidates.contains(language) {
                segment.language = nil
            }
            return segment
        }
    }

    /// The segments with the times of the speech they were made from, without the padding around it.
    /// `stretches` are in samples, and empty if unknown. If the recording was not cut, it is `whole`, and times inside it
    /// that the model reported are kept.
    fileprivate func said(within stretches: [Range<Int>], where whole: SpeechSegment? = nil) -> Self {
        guard let first = stretches.first, let last = stretches.last else { return self }
        let (start, end) = (Duration(samples: first.lowerBound), Duration(samples: last.upperBound))
        let speech = stretches.map { Duration(samples: $0.lowerBound)..<Duration(samples: $0.upperBound) }
        return enumerated().map { index, segment in
            let tellsStart = whole.map { segment.start > $0.start } ?? (index > startIndex)
            let tellsEnd = whole.map { segment.end < $0.end } ?? (index < endIndex - 1)
            let from = tellsStart ? segment.start : start
            let to = tellsEnd ? segment.end : end
            return Transcript.Segment(
                start: whole == nil ? Swift.min(Swift.max(from, start), end) : from,
                end: Swift.max(from, whole == nil ? Swift.min(Swift.max(to, start), end) : to),
                text: segment.text, tokens: segment.tokens, speech: segment.hasTokenTimes ? [] : speech,
                language: segment.language)
        }
    }
}
