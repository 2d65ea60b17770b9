import Concurrency
import EngineHost
import EngineLink
import Foundation
import ModelFamilies
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Engines

/// Jobs that were running when an engine ended: each is run again, isolated from all others.
@Suite(.serialized)
struct SuspectTests {
    private let model = ModelSpecification.fixture(.paraformer)
    private let folder: TemporaryFolder
    private static let done = TranscriptEvent.done(RecordingSummary())

    init() throws { folder = try TemporaryFolder() }

    /// A job whose recording has this many bytes.
    private func job(_ name: String, bytes: Int = 0) throws -> TranscriptionJob {
        let path = try folder.write(Data(count: bytes), to: name)
        return TranscriptionJob(path: path, fileName: name, language: nil, maximumDuration: .seconds(3600))
    }

    private func run(
        _ job: TranscriptionJob, on pool: EnginePool, with model: ModelSpecification? = nil
    ) async throws -> [TranscriptEvent] {
        try await pool.transcribe(job, with: model ?? self.model).reduce(into: []) { $0.append($1) }
    }

    /// Records an engine's jobs, and delays each response until it is permitted.
    private final class Recorder: Sendable {
        struct Entry: Equatable {
            var name: String
            var run: Int
            var isApart: Bool
            /// How many jobs are at work in the run, with this one.
            var running: Int
        }

        private let state = Mutex((entries: [Entry](), running: [Int: Int]()))
        private let permits = Permits()

        var entries: [Entry] { state.withLock { $0.entries } }

        func isAsked(for name: String, times: Int = 1) -> Bool { entries.filter { $0.name == name }.count >= times }

        func permit(_ names: String...) { permits.add(names) }

        func isPermitted(_ name: String) -> Bool { permits.contains(name) }

        /// Blocks until the response is permitted.
        func take(_ job: ScriptedEngine.Job) {
            let name = URL(filePath: job.path).lastPathComponent
            let run = job.run.number
            job.reply(.working)
            state.withLock { state in
                state.running[run, default: 0] += 1
                state.entries.append(
                    Entry(name: name, run: run, isApart: job.run.isApart, running: state.running[run] ?? 0))
            }
            permits.wait(for: name)
            state.withLock { $0.running[run, default: 0] -= 1 }
            job.reply(SuspectTests.done)
        }
    }

    /// Names that threads wait for.
    private final class Permits: @unchecked Sendable {  // `names` is used under the lock of `condition` only
        private let condition = NSCondition()
        private var names: Set<String> = []

        func add(_ new: [String]) {
            condition.withLock { names.formUnion(new) }
            condition.broadcast()
        }

        func contains(_ name: String) -> Bool { condition.withLock { names.contains(name) } }

        func wait(for name: String) {
            condition.withLock { while !names.contains(name) { condition.wait() } }
        }
    }

    /// How many jobs all engines have. A suspect counts twice while it waits for an engine of the quarantine.
    private func requests(of pool: EnginePool) async -> Int {
        await pool.reports().reduce(0) { $0 + $1.requests }
    }

    @Test func aNewRequestDoesNotWaitForSuspects() async throws {
        let recorder = Recorder()
        let engine = ScriptedEngine { recorder.take($0) }
        try await withPool(engine, [model], maximumLoaded: 1) { pool in
            let long = try job("long")
            async let answer = run(long, on: pool)
            try await eventually("the engine is at work") { recorder.isAsked(for: "long") }
            engine.runs[0].die()
            try await eventually("it is run again") { recorder.isAsked(for: "long", times: 2) }
            recorder.permit("short")
            let events = try await run(try job("short"), on: pool)
            #expect(events.last == Self.done)
            recorder.permit("long")
            #expect(try await answer.last == Self.done)
            #expect(recorder.entries.map(\.isApart) == [false, true, false])
        }
    }

    /// A client that waits for long still receives progress.
    @Test func suspectsRunOneByOneSmallestFirst() async throws {
        let recorder = Recorder()
        // While the model loads, the jobs that follow the first are sorted.
        let mayLoad = OneShot<Void>()
        let engine = ScriptedEngine {
            if $0.isApart { try? await mayLoad.value() }
            await $0.say(.ready)
        } answer: {
            recorder.take($0)
        }
        try await withPool(engine, [model]) { pool in
            let jobs = try [("c", 3000), ("a", 1000), ("d", 4000), ("b", 2000)].map { try job($0.0, bytes: $0.1) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for job in jobs {
                    group.addTask {
                        let events = try await run(job, on: pool)
                        #expect(events.last == Self.done)
                    }
                }
                try await eventually("all are at work") { recorder.entries.count == 4 }
                engine.runs[0].die()
                try await eventually("all wait") { await requests(of: pool) == 8 }
                mayLoad.resolve()
                for (count, name) in ["a", "b", "c", "d"].enumerated() {
                    try await eventually("\(name) is run again") { recorder.isAsked(for: name, times: 2) }
                    #expect(recorder.entries.count == 5 + count)
                    recorder.permit(name)
                }
                try await group.waitForAll()
            }
            #expect(recorder.entries.dropFirst(4).map(\.name) == ["a", "b", "c", "d"])
            #expect(recorder.entries.dropFirst(4).map(\.isApart) == [true, true, true, true])
        }
    }

    @Test func aJobRunningAtTwoCrashesFailsAlone() async throws {
        let recorder = Recorder()
        recorder.permit("good", "bad")
        let engine = ScriptedEngine { job in
            if job.path.hasSuffix("/bad") { return job.run.die("signal 11") }
            if job.run.isApart { recorder.take(job) } else { job.waitForHangUp() }
        }
        try await withPool(engine, [model]) { pool in
            let (good, bad) = try (job("good", bytes: 2), job("bad", bytes: 1))
            async let innocent = run(good, on: pool)
            try await eventually("it is at work") { !engine.runs.isEmpty }
            let error = await #expect(throws: EngineError.self) { try await run(bad, on: pool) }
            #expect(error?.code == .crashed)
            #expect(error?.message.contains("signal 11") == true)
            #expect(try await innocent.last == Self.done)
        }
    }

    /// In memory, they would have to take turns anyway.
    @Test func suspectsOfTwoModelsShareOneEngine() async throws {
        let recorder = Recorder()
        let other = ModelSpecification.fixture(.senseVoice)
        let asked = Counter()
        let isFreeBefore = Mutex<[Bool]>([])
        let engine = ScriptedEngine { run in
            isFreeBefore.withLock { $0.append(recorder.isPermitted("first")) }
            await run.say(.ready)
        } answer: {
            recorder.take($0)
        }
        let freeMemory = { @Sendable in
            asked.increment()
            return Int.max
        }
        try await withPool(engine, [model, other], freeMemory: freeMemory) { pool in
            let (first, second) = try (job("first", bytes: 1), job("second", bytes: 2))
            async let one = run(first, on: pool)
            try await eventually("one is at work") { recorder.isAsked(for: "first") }
            engine.runs[0].die()
            try await eventually("one is run again") { recorder.isAsked(for: "first", times: 2) }
            async let two = run(second, on: pool, with: other)
            try await eventually("the other is at work") { recorder.isAsked(for: "second") }
            engine.runs[2].die()
            try await eventually("the other is a suspect") { asked.value == 2 }
            recorder.permit("first", "second")
            #expect(try await one.last == Self.done)
            #expect(try await two.last == Self.done)
            #expect(engine.runs.map(\.isApart) == [false, true, false, true])
            #expect(isFreeBefore.withLock { $0 } == [false, false, false, true])
        }
    }

    /// If two jobs ran together, one would be blamed for the other's crash.
    @Test func suspectsStayApartWhenTheirEngineEndsWhileLoading() async throws {
        let recorder = Recorder()
        let mayEnd = OneShot<Void>()
        let engine = ScriptedEngine { run in
            // The first engine for suspects ends while both jobs wait for it.
            guard run.number != 2 else {
                try? await mayEnd.value()
                return run.die()
            }
            await run.say(.ready)
        } answer: {
            recorder.take($0)
        }
        try await withPool(engine, [model]) { pool in
            let jobs = try [job("a", bytes: 1), job("b", bytes: 2)]
            let answers = jobs.map { job in Task { try await run(job, on: pool) } }
            try await eventually("both are at work") { recorder.entries.count == 2 }
            engine.runs[0].die()
            try await eventually("both wait") { await requests(of: pool) == 4 }
            mayEnd.resolve()
            try await eventually("one is run again") { recorder.entries.count >= 3 }
            recorder.permit("a", "b")
            for answer in answers { #expect(try await answer.value.last == Self.done) }
            #expect(recorder.entries.dropFirst(2).map(\.running) == [1, 1])
        }
    }

    /// It waits for the one engine for suspects, not for a model to load.
    @Test func aSuspectMayWaitLongerThanTheLoadTimeout() async throws {
        let recorder = Recorder()
        let (other, slow) = (ModelSpecification.fixture(.senseVoice), ModelSpecification.fixture(.whisper))
        let asked = Counter()
        let engine = ScriptedEngine { run in
            if run.order.model != slow { await run.say(.ready) }
        } answer: {
            recorder.take($0)
        }
        let freeMemory = { @Sendable in
            asked.increment()
            return Int.max
        }
        try await withPool(
            engine, [model, other, slow], loadWait: .seconds(2), freeMemory: freeMemory
        ) { pool in
            let (first, second) = try (job("first"), job("second"))
            async let one = run(first, on: pool)
            try await eventually("one is at work") { recorder.isAsked(for: "first") }
            engine.runs[0].die()
            try await eventually("one is run again") { recorder.isAsked(for: "first", times: 2) }
            async let two = run(second, on: pool, with: other)
            try await eventually("the other is at work") { recorder.isAsked(for: "second") }
            engine.runs[2].die()
            try await eventually("the other is a suspect") { asked.value == 2 }
            // Meanwhile, the timeout ends for requests to another model, twice.
            for _ in 0..<2 {
                let error = await #expect(throws: EngineError.self) { try await run(first, on: pool, with: slow) }
                #expect(error?.code == .modelNotReady)
            }
            recorder.permit("first", "second")
            #expect(try await one.last == Self.done)
            #expect(try await two.last == Self.done)
        }
    }

    @Test func withoutMemoryASuspectWaitsUntilItsModelIsIdle() async throws {
        let recorder = Recorder()
        let engine = ScriptedEngine { recorder.take($0) }
        try await withPool(engine, [model], freeMemory: { 0 }) { pool in
            let (suspect, next) = try (job("suspect"), job("next"))
            async let answer = run(suspect, on: pool)
            try await eventually("it is at work") { recorder.isAsked(for: "suspect") }
            async let beside = run(next, on: pool)
            try await eventually("another is at work") { recorder.isAsked(for: "next") }
            recorder.permit("next")
            _ = try await beside
            engine.runs[0].die()
            try await eventually("it is run again") { recorder.isAsked(for: "suspect", times: 2) }
            recorder.permit("suspect")
            #expect(try await answer.last == Self.done)
            #expect(recorder.entries.map(\.isApart) == [false, false, false])
        }
    }

    @Test func withoutMemoryASuspectOfABusyModelGetsRetryAfter() async throws {
        let recorder = Recorder()
        let engine = ScriptedEngine { recorder.take($0) }
        try await withPool(engine, [model], suspectWait: .seconds(1), freeMemory: { 0 }) { pool in
            let jobs = try [job("one"), job("two")]
            let answers = jobs.map { job in Task { try await run(job, on: pool) } }
            try await eventually("both are at work") { recorder.entries.count == 2 }
            engine.runs[0].die()
            // One job occupies the engine for longer than the other waits.
            try await eventually("one is run again") { recorder.entries.count == 3 }
            let first = recorder.entries[2].name
            let error = await #expect(throws: EngineError.self) { try await answers[first == "one" ? 1 : 0].value }
            #expect(error?.code == .overloaded)
            recorder.permit(first)
            #expect(try await answers[first == "one" ? 0 : 1].value.last == Self.done)
        }
    }
}

extension ScriptedEngine.Run {
    /// Whether this is the engine for suspects: only that one has a limit of its own here.
    fileprivate var isApart: Bool {
        if case .recognise(let order) = order.job { order.memory != nil } else { false }
    }
}
