import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import Recognition

/// Live sessions beside long recordings: by the order in which decodes begin.
@Suite(.timeLimit(.minutes(5))) struct LiveBesideFilesTests {
    private enum Entry: Equatable {
        /// The decode of a segment of a file begins.
        case file
        /// The audio of a live turn is complete.
        case committed
        /// The text of a live piece is there.
        case piece
    }

    /// Three hours of speech.
    private static func recording(in folder: TemporaryFolder) async throws -> String {
        let path = folder.file("long.wav")
        let made = try await runToEnd(
            "/usr/bin/ffmpeg",
            [
                "-v", "error", "-stream_loop", "-1", "-i", Fixtures.audio("en_two_phrases_16k.wav"), "-t", "10800",
                "-ar", "8000", "-c:a", "pcm_mulaw", path,
            ])
        try #require(made.status == .exited(0), "\(made.error)")
        return path
    }

    /// A pipeline with one lane that notes which decodes begin. Those of files are repeated, as if the model were larger:
    /// else the lane would wait for files to be cut. None ends while a live text is due: else on a busy machine one could
    /// end, and the next begin, while the turn is on its way to the queue or its text on its way back.
    private static func pipeline(_ log: Log<Entry>) throws -> TranscriptionPipeline {
        let recognizer = try LoadedPipeline.recognizer(.transducer)
        let scheduler = SegmentScheduler(
            lanes: 1, limits: .none,
            measure: { work in
                BatchMeasure(
                    length: work.segment.audio.samples.count, request: work.request,
                    priority: work.priority ?? DecodePriority(of: work.segment))
            },
            decode: { batch, _ in
                let segments = batch.map(\.segment)
                if batch[0].priority == nil {
                    log.append(.file)
                    for _ in 0..<20 { _ = recognizer.recognize(segments, for: batch[0].request, isAlone: false) }
                    // If the piece needs this lane, the order is to show that.
                    let limit = ContinuousClock.now + .seconds(10)
                    while isTextDue(log), .now < limit { usleep(1000) }
                }
                return recognizer.recognize(segments, for: batch[0].request, isAlone: false)
                    .map { result in result.mapError { TranscriptionError($0) } }
            })
        return TranscriptionPipeline(recognizer: recognizer, scheduler: scheduler, detector: .installed)
    }

    /// Whether a turn has been committed whose text is not there.
    private static func isTextDue(_ log: Log<Entry>) -> Bool {
        let entries = log.entries
        return entries.count { $0 == .committed } > entries.count { $0 == .piece }
    }

    @Test func noSegmentOfAFileBeginsBeforeALivePiece() async throws {
        let folder = try TemporaryFolder()
        let path = try await Self.recording(in: folder)
        let log = Log<Entry>()
        let pipeline = try Self.pipeline(log)
        let word = try AudioBuffer.fixture("en_word_16k.wav").wav.dropFirst(44)
        try await withThrowingTaskGroup { group in
            // Each has segments waiting all the time, and takes its turn.
            let background = (0..<4).map { _ in Counter() }
            for counter in background {
                group.addTask {
                    try await pipeline.run(.job(path, maximumDuration: .seconds(4 * 3600))) { events in
                        for case .segment(let segment) in events where segment.start > .seconds(60) {
                            counter.increment()
                        }
                    }
                }
            }
            try await eventually("all files are decoded in the background") { background.allSatisfy { $0.value > 0 } }
            let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
            let session = try pipeline.live(LiveStart(settings: settings)) { event in
                switch event {
                case .committed: log.append(.committed)
                case .piece: log.append(.piece)
                default: break
                }
            }
            for turn in 1...10 {
                _ = try await session.receive(.audio(Array(word)))
                _ = try await session.receive(.command(.commit))
                try await eventually("its text is there") { log.entries.count { $0 == .piece } == turn }
            }
            await session.cancel()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .success = result { Issue.record("A file has been transcribed to its end.") }
            }
        }
        let turns = log.entries.split(separator: .committed).dropFirst().map { $0.prefix { $0 != .piece } }
        #expect(turns.count == 10)
        // The lane may become idle before the piece has been queued, and take one segment more.
        #expect(turns.allSatisfy { $0.count <= 1 }, "\(turns.map(\.count))")
    }
}

extension LivePriorityTests {
    /// For any items in any order: no background segment is taken while a live one waits.
    @Test(arguments: 0..<20) func theBackgroundWaitsForAllLivePieces(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let lanes = Int.random(in: 1...4, using: &random)
        var queue = DecodeQueue<Int, DecodePriority>(lanes: lanes, limits: .none) { priority in
            BatchMeasure(length: 10, request: RecognitionRequest(), priority: priority)
        }
        var (waiting, running) = ([DecodePriority: Int](), [DecodePriority]())
        for job in 0..<1000 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let priority = DecodePriority.allCases.randomElement(using: &random) ?? .live
                queue.add(priority, of: job)
                waiting[priority, default: 0] += 1
            case 1:
                if !running.isEmpty { queue.finish(running.remove(at: .random(in: running.indices, using: &random))) }
            default:
                guard let (items, priority) = queue.next() else { continue }
                #expect(items == [priority])
                waiting[priority, default: 0] -= 1
                running.append(priority)
                let live = waiting[.live, default: 0]
                #expect(live == 0 || ![.background, .look].contains(priority), "\(live) live pieces wait")
            }
        }
        #expect(running.count <= 2 * lanes + 1)
    }
}
