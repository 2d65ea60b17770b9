import Essentials
import ModelFamilies
public import SpeechTypes

/// The way of one recording: read it, cut it into segments, recognise them on the shared lanes, report them in order.
public struct TranscriptionPipeline: Sendable {
    private let recognizer: Recognizer
    private let scheduler: SegmentScheduler
    private let detector: VoiceActivityModel
    private let finder: SpeechFinder
    private let clock: any Clock<Duration>
    let cutting: AsyncSemaphore

    /// A pipeline for one model, with decode lanes that all its jobs share.
    ///
    /// - Parameters:
    ///   - recognizer: The model.
    ///   - lanes: How many calls of the recognizer go on at once.
    ///   - detector: What finds the speech in recordings that are not heard whole.
    ///   - patience: How long a decode may take before it counts as one that never ends.
    ///   - clock: What tells when a second without news has passed.
    ///   - executor: Where jobs are run, if it matters.
    public init(
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
        cutting = AsyncSemaphore(Self.mostCut(onLanes: scheduler.laneCount))
    }

    /// How many recordings are cut at once. A detector and the segments ahead of the lanes take about 18 MB for each, so
    /// that memory would go by the number of clients; these are more than keep the lanes busy.
    static func mostCut(onLanes lanes: Int) -> Int { 2 * lanes + 2 }

    /// What the decode lanes are doing.
    public var load: LaneLoad {
        get async { await scheduler.load }
    }

    /// Decodes a moment of nothing on every lane, so that the first request finds all in place that a decode makes once.
    ///
    /// - Throws: `TranscriptionError` if the model cannot even do that.
    public func warmUp() async throws {
        // In exact silence some models would find nothing to do; and the longer it is, the more they make of it.
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

    /// Transcribes one recording. At most two segments more than there are lanes are in memory, and what the next one is
    /// cut from.
    ///
    /// - Parameters:
    ///   - job: The recording.
    ///   - report: Takes the events that came about at once, in order; the work waits for it.
    /// - Throws: `TranscriptionError`, `CancellationError`, or what `report` throws; all work has then ended.
    public func run(_ job: TranscriptionJob, report: ([TranscriptEvent]) async throws -> Void) async throws {
        try check(job)
        let reader = reader(of: job)
        try await withThrowingTaskGroup(of: Step.self) { group in
            var isReading = false
            var summary: RecordingSummary?
            var firstWait: Duration?
            var order = InOrder<[Transcript.Segment]>()
            var news: [TranscriptEvent] = []
            let jobID = UniqueID()
            group.addTask { try await tick() }
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
                        let (segments, wait) = try await recognize(segment, of: job, as: jobID)
                        return .recognized(index: index, segments: segments, wait: wait)
                    }
                case .read(.end(let duration, let damagedPackets)):
                    summary = RecordingSummary(
                        duration: duration, damagedPackets: damagedPackets,
                        unusedHints: job.hints.fields(of: recognizer.unused(job.hints)),
                        language: recognizer.expectedLanguage(for: job.language))
                case .recognized(let index, let segments, let wait):
                    if index == 0 { firstWait = wait }
                    news += order.finish(index, with: segments).joined().map(TranscriptEvent.segment)
                    // The last segments go with the end: each report costs whoever reads it a change of thread.
                    if !news.isEmpty, summary == nil || order.outstanding > 0 {
                        try await report(exchange(&news, with: []))
                    }
                case .tick:
                    // Whoever hears nothing for long ends the process.
                    if !reader.watch.isOverdue, await !scheduler.isStuck { try await report([.working]) }
                    group.addTask { try await tick() }
                }
            }
            if var summary {
                summary.laneWait = firstWait
                try await report(news + [.done(summary)])
            }
            group.cancelAll()
        }
    }

    private func check(_ job: TranscriptionJob) throws(TranscriptionError) {
        do throws(RecognitionError) { try recognizer.check(job.language, task: job.task) } catch {
            throw TranscriptionError(error)
        }
        guard job.language == nil else { return }
        for candidate in job.candidates {
            do throws(RecognitionError) { try recognizer.check(candidate) } catch {
                throw TranscriptionError(.unsupportedCandidate, error.message)
            }
        }
    }

    private func tick() async throws -> Step {
        try await clock.sleep(for: .seconds(1))
        return .tick
    }

    private func reader(of job: TranscriptionJob) -> SegmentReader {
        SegmentReader(job, cutting: cutting) { [recognizer, detector] () throws(TranscriptionError) in
            // On the reader's thread: with many phrases it takes longer than a short clip.
            _ = recognizer.unused(job.hints)
            return try RecordingSegmenter(
                window: recognizer.window, joining: recognizer.preferredSegment, strategy: job.chunking,
                model: detector)
        }
    }

    /// - Returns: What was said, and how long the segment waited for its lane.
    private func recognize(
        _ segment: SpeechSegment, of job: TranscriptionJob, as id: UniqueID
    ) async throws -> ([Transcript.Segment], wait: Duration) {
        let request = RecognitionRequest(language: job.language, task: job.task, hints: job.hints)
        // Only a recording that is heard whole has not met a detector yet.
        let isUnknown = segment.stretches.isEmpty && detector.fault == nil
        async let found = isUnknown && job.needsTimes ? finder.stretches(in: segment) : nil
        let work = SegmentWork(segment: segment, request: request, isWhole: segment.stretches.isEmpty)
        let (recognized, wait) = try await scheduler.run(work, for: id)
        var heard = job.language == nil ? recognized.heard(among: job.candidates) : recognized
        let stretches = await found
        if isUnknown, Doubt.doubts(heard.map(\.text).joined(separator: " "), of: segment.audio) {
            let hasSpeech: Bool?
            if let stretches {
                hasSpeech = !stretches.isEmpty
            } else {
                hasSpeech = await finder.hasSpeech(in: segment.audio)
            }
            if hasSpeech == false { heard = heard.map(\.withoutText) }
        }
        let said =
            stretches.map { heard.said(within: $0, where: segment) } ?? heard.said(within: segment.stretches)
        return (job.needsTokens ? said : said.map(\.withoutTokens), wait)
    }
}

extension Transcript.Segment {
    fileprivate var withoutTokens: Self {
        Self(start: start, end: end, text: text, speech: speech, language: language)
    }

    fileprivate var withoutText: Self { Self(start: start, end: end, text: "") }
}

extension [Transcript.Segment] {
    /// These without detected languages other than the candidates, if there are any.
    fileprivate func heard(among candidates: [Language]) -> Self {
        map { segment in
            var segment = segment
            if let language = segment.language, !candidates.isEmpty, !candidates.contains(language) {
                segment.language = nil
            }
            return segment
        }
    }

    /// These with the times of the speech they were made from, in samples, not of the sound kept around it.
    ///
    /// - Parameters:
    ///   - stretches: The speech; empty where nobody knows.
    ///   - whole: A recording that was heard whole: what the model told of its times then stays as it is.
    /// - Returns: The same texts.
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
