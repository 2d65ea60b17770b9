import Foundation
import ModelFamilies
@testable import Recognition
import SpeechTypes
import TestSupport
import Testing

@BlockingCalls @Suite(.timeLimit(.minutes(3))) struct TranscriptionTests {
    @Test(arguments: ["en_digits_16k.wav", "en_44k1_stereo.mp3", "zh_commands_48k_stereo.flac", "silence_16k.wav"])
    func aShortRecordingGivesItsText(file: String) async throws {
        let report = try await Report(LoadedPipeline.transcriber(.senseVoice).transcribe(.fixture(file)))
        let recording = try #require(Manifest.shared.files.first { $0.file == file })
        #expect(report.transcript.text == recording.result(of: "sense_voice")?.text)
        #expect(report.isDone)
        #expect(report.segments.count == 1)
    }

    @Test func theLaneWaitOfTheFirstSegmentIsReported() async throws {
        let recognizer = try LoadedPipeline.recognizer(.senseVoice)
        let gate = Gate()
        let scheduler = SegmentScheduler(
            lanes: 1, limits: .none, measure: { _ in BatchMeasure(length: 1, request: RecognitionRequest()) },
            decode: { works, _ in
                gate.pass()
                return works.map { work in Result { try recognizer.recognize(work.segment) } }
            })
        let pipeline = TranscriptionPipeline(recognizer: recognizer, scheduler: scheduler, detector: .installed)
        let holding = Task { try await Self.laneWait(of: .fixture("en_word_16k.wav"), in: pipeline) }
        try await eventually("the lane is held") { await scheduler.load.busy == 1 }
        let told = Task { try await Self.laneWait(of: .fixture("en_digits_16k.wav"), in: pipeline) }
        await scheduler.untilWaiting(1)
        let waitsSince = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(20))
        let waited = waitsSince.duration(to: .now)
        gate.open()
        #expect(try #require(try await told.value) >= waited)
        _ = try await holding.value
    }

    /// A decode blocks one lane: its job and the job behind it stop reporting progress until the decode returns.
    @Test func aHangingDecodeReportsNoProgress() async throws {
        let recognizer = try LoadedPipeline.recognizer(.senseVoice)
        let gate = Gate()
        let scheduler = SegmentScheduler(
            lanes: 1, limits: .none, measure: { _ in BatchMeasure(length: 0, request: RecognitionRequest()) },
            patience: DecodePatience(floor: .milliseconds(300)),
            decode: { works, _ in
                gate.pass()
                return works.map { work in Result { try recognizer.recognize(work.segment) } }
            })
        let clock = QuickClock()
        let pipeline = TranscriptionPipeline(
            recognizer: recognizer, scheduler: scheduler, detector: .installed, clock: clock)
        let signs = Log<TranscriptEvent>()
        let job = TranscriptionJob.fixture("en_word_16k.wav")
        let jobs = (0..<2).map { _ in Task { try await Self.run(job, in: pipeline, noting: signs) } }
        try await eventually("they say that they go on") { signs.entries.count >= 2 }
        try await eventually("the lane is stuck") { await scheduler.isStuck }
        try await clock.ticks(8)
        let count = signs.entries.count
        try await clock.ticks(20)
        #expect(signs.entries.count == count, "nobody says so any more")
        gate.open()
        for job in jobs { try await job.value }
        #expect(await !scheduler.isStuck)
        #expect(signs.entries.filter { if case .done = $0 { true } else { false } }.count == 2)
    }

    private nonisolated static func run(
        _ job: TranscriptionJob, in pipeline: TranscriptionPipeline, noting events: Log<TranscriptEvent>
    ) async throws {
        try await pipeline.run(job) { news in for event in news { events.append(event) } }
    }

    private nonisolated static func laneWait(
        of job: TranscriptionJob, in pipeline: TranscriptionPipeline
    ) async throws -> Duration? {
        var wait: Duration?
        try await pipeline.run(job) { events in
            for case .done(let summary) in events { wait = summary.laneWait }
        }
        return wait
    }

    @Test(arguments: [true, false])
    func segmentsHaveTokensIfTheJobNeedsThem(needsTokens: Bool) async throws {
        var job = TranscriptionJob.fixture("en_digits_16k.wav")
        job.needsTokens = needsTokens
        let report = try await Report(LoadedPipeline.transcriber(.transducer).transcribe(job))
        #expect(!report.segments.isEmpty)
        #expect(report.segments.allSatisfy { $0.tokens.isEmpty != needsTokens })
    }

    @Test func theLanguageOfTheRequestIsUsed() async throws {
        let report = try await Report(
            LoadedPipeline.transcriber(.whisper).transcribe(.fixture("en_digits_16k.wav", language: "zh")))
        #expect(report.transcript.text == "一二三四")
    }

    static let spoken = Manifest.shared.session.utterances.map(\.text).joined(separator: " ")

    /// The session is longer than any family's maximum segment.
    @Test(arguments: [ModelFamily.senseVoice, .paraformer, .transducer, .whisper], [1, 3])
    func withoutADetectorALongRecordingIsTranscribedCompletely(family: ModelFamily, lanes: Int) async throws {
        let job = TranscriptionJob.fixture(Manifest.shared.session.file)
        let transcriber = try LoadedPipeline.transcriber(family, lanes: lanes, detector: .missing)
        let report = try await Report(transcriber.transcribe(job))
        #expect(report.transcript.text.lowercased() == Self.spoken)
        #expect(report.segments.count >= 2)
        #expect(report.isDone)
        var end = Duration.zero
        for segment in report.segments {
            #expect(segment.start >= end)
            #expect(segment.end >= segment.start)
            end = segment.end
        }
        #expect(end == report.transcript.duration)
    }

    @Test(arguments: [ModelFamily.senseVoice, .whisper])
    func theTextIsThatOfTheSegmentsInOrder(family: ModelFamily) async throws {
        let recognizer = try LoadedPipeline.recognizer(family)
        var cutter = try RecordingSegmenter(
            window: recognizer.window, joining: recognizer.preferredSegment, strategy: nil, model: .installed)
        let sound = try AudioBuffer.decoding(Fixtures.audio(Manifest.shared.session.file))
        let segments = try cutter.receive(sound) + cutter.finish()
        let bare = try segments.flatMap { try recognizer.recognize($0, language: nil) }
        let report = try await Report(
            LoadedPipeline.transcriber(family, lanes: 3).transcribe(.fixture(Manifest.shared.session.file)))
        #expect(report.segments.map(\.text) == bare.map(\.text))
        #expect(report.segments.map(\.tokens) == bare.map(\.tokens))
    }

    @Test(arguments: Manifest.shared.files)
    func theDurationIsThatOfTheSamples(recording: Manifest.Recording) async throws {
        let report = try await Report(LoadedPipeline.transcriber(.paraformer).transcribe(.fixture(recording.file)))
        let samples = try AudioBuffer.decoding(Fixtures.audio(recording.file)).duration
        #expect(report.transcript.duration == samples)
    }

    @Test func twentyConcurrentJobsSucceed() async throws {
        let transcriber = try LoadedPipeline.transcriber(.senseVoice)
        let recordings = Manifest.shared.files.filter { $0.expected["sense_voice"] != nil }.prefix(20)
        try await withThrowingTaskGroup { group in
            for recording in recordings {
                group.addTask {
                    let report = try await Report(transcriber.transcribe(.fixture(recording.file)))
                    #expect(report.transcript.text == recording.result(of: "sense_voice")?.text)
                    #expect(report.isDone)
                }
            }
            try await group.waitForAll()
        }
    }
}
