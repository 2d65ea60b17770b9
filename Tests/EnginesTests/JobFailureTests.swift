import Concurrency
import EngineHost
import EngineLink
import Foundation
import Logging
import ModelFamilies
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Engines

/// Jobs that an engine does not finish: each fails alone, and no process is ended because of a single job.
@Suite(.serialized)
struct JobFailureTests {
    private let model = ModelSpecification.fixture(.paraformer)

    private func job(_ path: String) -> TranscriptionJob {
        TranscriptionJob(path: path, fileName: "a.wav", language: nil, maximumDuration: .seconds(1))
    }

    private func run(_ path: String, on pool: EnginePool) async throws -> [TranscriptEvent] {
        try await pool.transcribe(job(path), with: model).reduce(into: []) { $0.append($1) }
    }

    private let hello = TranscriptEvent.segment(.init(start: .zero, end: .seconds(1), text: "hello"))
    private let done = TranscriptEvent.done(RecordingSummary(duration: .seconds(1)))

    /// The process continues, so it must not count as crashed.
    @Test func aConnectionThatEndsEarlyFailsOnlyItsJob() async throws {
        let engine = ScriptedEngine { [done] job in
            if job.path == "good" { job.reply(done) }
        }
        try await withPool(engine, [model]) { pool in
            let error = await #expect(throws: EngineError.self) { try await run("bad", on: pool) }
            #expect(error?.code == .jobFailed)
            let events = try await run("good", on: pool)
            #expect(events == [done])
            #expect(engine.runs.count == 1)
        }
    }

    @Test func theProgressOfAJobIsReportedOnceItsEngineHasIt() async throws {
        let engine = ScriptedEngine { [hello, done] job in job.reply(.length(.seconds(9)), .working, hello, done) }
        try await withPool(engine, [model]) { pool in
            let progress = Mutex<[JobProgress]>([])
            let events = await pool.transcribe(
                job("a"), with: model,
                onProgress: { new in
                    progress.withLock { $0.append(new) }
                })
            #expect(progress.withLock { $0 }.isEmpty)
            let received = try await events.reduce(into: []) { $0.append($1) }
            #expect(received == [.length(.seconds(9)), .working, hello, done])
            #expect(progress.withLock { $0 } == [.started, .length(.seconds(9)), .heard(.seconds(1))])
        }
    }

    @Test func noEngineIsStartedAfterShutdown() async throws {
        let engine = ScriptedEngine { [done] job in job.reply(done) }
        try await withPool(engine, [model]) { pool in
            await pool.shutDown()
            let error = await #expect(throws: EngineError.self) { try await run("late", on: pool) }
            #expect(error?.code == .shuttingDown)
            #expect(engine.runs.isEmpty)
        }
    }

    /// Between its notice and the end of its process, it is neither restarted nor does it block the server.
    @Test func readyAfterAFailureDoesNotCountAsLoaded() async throws {
        let engine = ScriptedEngine { run in
            await run.say(.failed("no such file"))
            await run.say(.ready)
        } answer: { [done] in
            $0.reply(done)
        }
        try await withPool(engine, [model]) { pool in
            let error = await #expect(throws: EngineError.self) { try await run("a", on: pool) }
            #expect(error?.code == .modelFailed)
            #expect(await pool.status(of: model) == .failed(reason: "no such file"))
        }
    }

    @Test func errorsOfTheRecordingAreReportedUnchanged() async throws {
        let fault = TranscriptionError(.audioEmpty, "There is no sound in it.")
        let engine = ScriptedEngine { $0.reply(.failed(fault)) }
        try await withPool(engine, [model]) { pool in
            await #expect(throws: fault) { try await run("a", on: pool) }
            #expect(engine.runs.count == 1)
        }
    }

    /// Data that only a compromised engine sends, or one whose memory is corrupted.
    enum Nonsense: String, CaseIterable {
        case noMessage, tooLong, unknownKind, samples, endless, anotherAnswer

        func send(over job: ScriptedEngine.Job) {
            let word = Array(#"{"events":{"_0":[{"working":{}}]}}"#.utf8)
            switch self {
            case .noMessage: job.send([0, 0, 0, 3, 1] + Array("{}".utf8))
            case .tooLong: job.send([0x7F, 0xFF, 0xFF, 0xFF, 1])
            case .unknownKind: job.send([0, 0, 0, 1, 9])
            case .samples: job.send([0, 0, 0, 5, 2, 0, 0, 0, 0])
            case .anotherAnswer: job.reply(.load(LaneLoad(lanes: 1, busy: 0, waiting: 0, decoded: 0)))
            case .endless: while job.send([0, 0, 0, UInt8(word.count + 1), 1] + word) {}
            }
            job.waitForHangUp()
        }
    }

    @Test(arguments: Nonsense.allCases)
    func anEngineThatViolatesTheProtocolIsEndedAndItsJobRunAgain(nonsense: Nonsense) async throws {
        let engine = ScriptedEngine { [hello, done] job in
            if job.run.number == 1 { nonsense.send(over: job) } else { job.reply(hello, done) }
        }
        try await withPool(engine, [model]) { pool in
            let before = ProcessMemory.resident(of: getpid()) ?? 0
            let events = try await run("a", on: pool).filter { $0 != .working }
            #expect(events == [hello, done])
            #expect(engine.runs.count == 2)
            #expect((ProcessMemory.resident(of: getpid()) ?? 0) - before < 64 << 20)
        }
    }

    /// Backpressure: if the client does not read, the response is not read from the engine, so the engine waits too.
    @Test func aReplyIsReadNoFasterThanItIsConsumed() async throws {
        let sent = Counter()
        let engine = ScriptedEngine { [hello, done] job in
            let counter = job.path == "a" ? sent : Counter()
            let long = TranscriptEvent.segment(
                .init(start: .zero, end: .seconds(1), text: String(repeating: "x", count: 1 << 16)))
            for _ in 0..<1000 {
                job.reply(long)
                counter.increment()
            }
            job.reply(hello, done)
        }
        try await withPool(engine, [model]) { pool in
            var long = job("a")
            long.maximumDuration = .seconds(48 * 3600)
            var events = await pool.transcribe(long, with: model).makeAsyncIterator()
            _ = try await events.next()
            // Meanwhile, another answer of the same length is read to its end.
            var other = job("b")
            other.maximumDuration = long.maximumDuration
            for try await _ in await pool.transcribe(other, with: model) {}
            #expect(sent.value < 100)
            var count = 1
            while try await events.next() != nil { count += 1 }
            #expect(count == 1002)
        }
    }

    @Test func aSilentEngineIsEndedAndItsJobRunAgain() async throws {
        let engine = ScriptedEngine { [done] job in
            if job.run.number == 1 { job.waitForHangUp() } else { job.reply(done) }
        }
        try await withPool(engine, [model], patience: .seconds(2)) { pool in
            let events = try await run("a", on: pool)
            #expect(events.last == done)
            #expect(engine.runs.count == 2)
        }
    }

    /// The engine waits for the server, not the other way round.
    @Test func anEngineThatWaitsForASlowClientIsNotEnded() async throws {
        let other = ModelSpecification.fixture(.senseVoice)
        let tries = Counter()
        let engine = ScriptedEngine { [hello, done] job in
            guard job.path == "a" else {
                tries.increment()
                return tries.value.isMultiple(of: 2) ? job.reply(done) : job.waitForHangUp()
            }
            job.reply(hello)
            job.reply(done)
        }
        try await withPool(engine, [model, other], patience: .seconds(1)) { pool in
            var events = await pool.transcribe(job("a"), with: model).makeAsyncIterator()
            #expect(try await events.next() == hello)
            // Meanwhile, the patience with another engine ends, twice.
            for silent in ["b", "c"] { for try await _ in await pool.transcribe(job(silent), with: other) {} }
            #expect(tries.value == 4)
            #expect(try await events.next() == done)
            #expect(engine.runs.count { $0.order.model == model } == 1)
        }
    }

    @Test func droppingTheEventsCancelsTheJob() async throws {
        let isOver = OneShot<Void>()
        let engine = ScriptedEngine { [hello] job in
            job.reply(hello)
            job.waitForHangUp()
            isOver.resolve(.success(()))
        }
        try await withPool(engine, [model]) { pool in
            do {
                var events = await pool.transcribe(job("a"), with: model).makeAsyncIterator()
                _ = try await events.next()
            }
            try await isOver.value()
        }
    }

    /// Unlike one whose events are dropped, it does not count as abandoned.
    @Test func aJobEndsOnPurposeWithTheSegmentThatIsEnough() async throws {
        let isOver = OneShot<Void>()
        let engine = ScriptedEngine { [hello] job in
            job.reply(hello, .working, hello, hello)
            job.waitForHangUp()
            isOver.resolve(.success(()))
        }
        try await withPool(engine, [model]) { pool in
            let heard = Counter()
            let isEnough: @Sendable (Transcript.Segment) -> Bool = { _ in
                heard.increment()
                return heard.value == 2
            }
            let events = await pool.transcribe(job("a"), with: model, until: isEnough)
            #expect(try await events.reduce(into: []) { $0.append($1) } == [hello, .working, hello])
            try await isOver.value()
            #expect(heard.value == 2)
            let report = try #require(await pool.reports().first)
            #expect(report.abandoned == 0 && report.requests == 0)
        }
    }

    /// Any client may send such a form; as JSON, it is six times as long.
    @Test func aMebibyteOfTextReachesTheEngine() async throws {
        let engine = ScriptedEngine { [done] job in
            guard case .transcribe(let asked) = job.request, asked.hints.prompt.utf8.count == 1 << 20 else { return }
            job.reply(done)
        }
        try await withPool(engine, [model]) { pool in
            var large = job("a")
            large.hints = Hints(prompt: String(repeating: "\u{1}", count: 1 << 20))
            let events = try await pool.transcribe(large, with: model).reduce(into: []) { $0.append($1) }
            #expect(events == [done])
            #expect(engine.runs.count == 1)
        }
    }
}
