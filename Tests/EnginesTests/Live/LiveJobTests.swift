import Concurrency
import EngineLink
import ModelFamilies
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Engines

/// Live sessions in engines that follow a script.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct LiveJobTests {
    private static let model = ModelSpecification.fixture(.paraformer)
    private static let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
    private static let second = [UInt8](repeating: 0, count: 32_000)

    private static func job(on pool: EnginePool) -> LiveJob { pool.live(settings, from: 0) { model } }

    /// Takes all events, until the session ends or the task is cancelled.
    private static func events(of job: LiveJob) -> Task<[LiveEvent], any Error> {
        Task {
            var events: [LiveEvent] = []
            while let event = try await job.next() { events.append(event) }
            return events
        }
    }

    // MARK: Backpressure

    /// What a client sends faster than it is heard, and how much of it may be on its way.
    struct Flood: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let input: LiveBacklog.Input
        let count: Int
        let most: Int
    }

    private static let prompt = LiveSettings(hints: Hints(prompt: String(repeating: "x", count: 64 << 10)))
    private static let floods = [
        Flood(testDescription: "a minute of audio", input: .audio(second), count: 200, most: 61),
        Flood(testDescription: "small commands", input: .command(.clear), count: 10_000, most: 4097),
        Flood(testDescription: "long prompts", input: .command(.update(prompt)), count: 20, most: 4),
    ]

    /// The engine lags behind as far as the server lets it, and no further.
    @Test(arguments: floods) func whatIsUnheardIsLimited(flood: Flood) async throws {
        let heard = Counter()
        let engine = ScriptedEngine { job in
            var received = 0
            while let input = job.input() {
                received += 1
                guard received - heard.value >= flood.most else { continue }
                heard.increment()
                if (try? input.message(as: LiveCommand.self)) == .clear { job.report(.cleared) }
                job.report(.heard(upTo: input.kind == .bytes ? heard.value * 16_000 : 0))
            }
        }
        try await withPool(engine, [Self.model]) { pool in
            let job = Self.job(on: pool)
            let events = Self.events(of: job)
            for sent in 1...flood.count {
                switch flood.input {
                case .audio(let bytes): try await job.send(bytes)
                case .command(let command): try await job.send(command)
                }
                #expect(sent - heard.value <= flood.most)
            }
            events.cancel()
            _ = await events.result
        }
    }

    /// Audio that another engine would have to hear again is kept in memory.
    @Test func whatHasNoFinalTextIsLimited() async throws {
        let final = Counter()
        let most = 91
        let engine = ScriptedEngine { job in
            job.report(.turnBegan(turn: 0, at: 0, bySpeech: false))
            var received = 0
            while job.input() != nil {
                received += 1
                job.report(.heard(upTo: received * 16_000))
                guard received - final.value >= most else { continue }
                final.increment()
                job.report(.piece(turn: 0, segments: [], upTo: final.value * 16_000))
            }
        }
        try await withPool(engine, [Self.model]) { pool in
            let job = Self.job(on: pool)
            let events = Self.events(of: job)
            for sent in 1...200 {
                try await job.send(Self.second)
                #expect(sent - final.value <= most)
            }
            events.cancel()
            _ = await events.result
        }
    }

    // MARK: Beginning and end

    @Test func aSessionTakesAudioBeforeItsModelIsThere() async throws {
        let received = Mutex<[Frame.Kind]>([])
        let engine = ScriptedEngine { job in
            while let input = job.input() {
                received.withLock { $0.append(input.kind) }
                if (try? input.message(as: LiveCommand.self)) == .finish { job.report(.finished) }
            }
        }
        try await withPool(engine, [Self.model]) { pool in
            let isThere = OneShot<Void>()
            let job = pool.live(Self.settings, from: 0) {
                try await isThere.value()
                return Self.model
            }
            let events = Self.events(of: job)
            for _ in 0..<60 { try await job.send(Self.second) }
            try await job.send(.commit)
            try await job.send(.finish)
            #expect(engine.runs.isEmpty)
            isThere.resolve()
            #expect(try await events.value == [.finished])
        }
        #expect(received.withLock { $0 } == Array(repeating: .bytes, count: 60) + [.message, .message])
    }

    @Test func aSessionWhoseModelDoesNotComeEnds() async throws {
        struct NoModel: Error {}
        try await withPool(ScriptedEngine { _ in }, [Self.model]) { pool in
            let job = pool.live(Self.settings, from: 0) { throw NoModel() }
            await #expect(throws: NoModel.self) { try await job.next() }
            await #expect(throws: CancellationError.self) { try await job.send(Self.second) }
        }
    }

    @Test func theWorkOfACancelledSessionEnds() async throws {
        let (hasBegun, isOver) = (OneShot<Void>(), OneShot<Void>())
        let engine = ScriptedEngine { job in
            hasBegun.resolve()
            while job.input() != nil {}
            isOver.resolve()
        }
        try await withPool(engine, [Self.model]) { pool in
            let events = Self.events(of: Self.job(on: pool))
            try await hasBegun.value()
            events.cancel()
            try await isOver.value()
            try await eventually("its engine has no job") { await pool.reports().allSatisfy { $0.requests == 0 } }
            #expect(engine.runs.count == 1)
        }
    }

    /// A session's audio is sent on the event loop, and its beginning on another thread.
    @Test func theEngineGetsAllInOrder() async throws {
        let executor = EventLoopExecutor()
        let received = Mutex<[[UInt8]]>([])
        let engine = ScriptedEngine { job in
            var bytes: [UInt8] = []
            while let input = job.input() {
                guard input.kind == .bytes else { break }
                bytes += input.content.readableBytesView
            }
            received.withLock { $0.append(bytes) }
            job.report(.finished)
        }
        let sound = (0..<200).map { UInt8($0) }
        try await withPool(engine, [Self.model], executor: executor) { pool in
            for _ in 0..<50 {
                let job = Self.job(on: pool)
                let events = Self.events(of: job)
                try await Task(executorPreference: executor) {
                    for start in stride(from: 0, to: sound.count, by: 2) {
                        try await job.send(Array(sound[start..<start + 2]))
                    }
                    try await job.send(.finish)
                }.value
                #expect(try await events.value == [.finished])
            }
        }
        #expect(received.withLock { $0 } == Array(repeating: sound, count: 50))
    }

    // MARK: Deaths

    /// A client that waits for the answer to a commit would wait for ever.
    @Test func aCommitThatTwoEnginesDieOfIsAnswered() async throws {
        let starts = Mutex<[LiveStart]>([])
        let engine = ScriptedEngine { job in
            guard case .live(let start) = job.request else { return }
            starts.withLock { $0.append(start) }
            while let input = job.input() {
                let command = try? input.message(as: LiveCommand.self)
                if job.run.number < 3, command == .commit { return job.run.die() }
                if command == .finish { job.report(.finished) }
            }
        }
        try await withPool(engine, [Self.model]) { pool in
            let job = Self.job(on: pool)
            let events = Self.events(of: job)
            try await job.send(Self.second)
            try await job.send(.commit)
            try await eventually("the third engine has begun") { starts.withLock { $0.count } == 3 }
            try await job.send(.finish)
            let told = try await events.value
            #expect(told.first == .committed(turn: 0, audio: 0..<16_000, byClient: true))
            guard case .failed(turn: 0, let error)? = told.dropFirst().first else {
                Issue.record("\(told)")
                return
            }
            #expect(error.code == .recognitionFailed)
            #expect(told.dropFirst(2) == [.finished])
        }
        #expect(starts.withLock { $0.map(\.position) } == [0, 0, 16_000])
        #expect(starts.withLock { $0.map(\.turn) } == [0, 0, 1])
    }

    @Test func textBetweenTwoDeathsForgivesTheFirst() async throws {
        let text = [Transcript.Segment(start: .zero, end: .seconds(1), text: "one")]
        let engine = ScriptedEngine { job in
            job.report(.turnBegan(turn: 0, at: 0, bySpeech: false))
            var heard = 0
            while let input = job.input() {
                if input.kind == .bytes {
                    heard += 1
                    job.report(.heard(upTo: 16_000 * heard))
                } else if job.run.number < 3 {
                    if job.run.number == 2 { job.report(.piece(turn: 0, segments: text, upTo: 8000)) }
                    return job.run.die()
                } else {
                    for event in [
                        LiveEvent.committed(turn: 0, audio: 0..<16_000, byClient: true),
                        .piece(turn: 0, segments: text, upTo: 16_000), .completed(turn: 0, language: nil), .finished,
                    ] { job.report(event) }
                }
            }
        }
        try await withPool(engine, [Self.model]) { pool in
            let job = Self.job(on: pool)
            let events = Self.events(of: job)
            try await job.send(Self.second)
            try await job.send(.finish)
            let told = try await events.value
            #expect(told.contains(.completed(turn: 0, language: nil)))
            #expect(!told.contains { if case .failed = $0 { true } else { false } })
            #expect(engine.runs.count == 3)
        }
    }
}
