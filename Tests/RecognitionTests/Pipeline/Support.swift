import AudioInput
import Essentials
import Foundation
import ModelFamilies
@testable import Recognition
import SpeechTypes
import Synchronization
import TestSupport
import Testing

/// A gate for threads that starts closed.
final class Gate: Sendable {
    private let isOpen = Mutex(false)

    /// Blocks until the gate is open.
    func pass() {
        while !isOpen.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.001) }
    }

    /// Opens the gate for good.
    func open() {
        isOpen.withLock { $0 = true }
    }
}

/// Lanes for arbitrary work of a test.
typealias TestLanes = LaneScheduler<@Sendable () throws -> Void, Void>

extension LaneScheduler<@Sendable () throws -> Void, Void> {
    init(lanes: Int) {
        self.init(
            lanes: lanes, limits: .none, measure: { _ in BatchMeasure(length: 1, request: RecognitionRequest()) },
            decode: { works, _ in works.map { work in Result { try work() } } })
    }

    /// Occupies every lane with a piece of a job until the gate opens.
    ///
    /// - Returns: The pieces, once they have the lanes; never returns if a lane is lost.
    nonisolated func holdAllLanes(
        for job: UniqueID = UniqueID(), until gate: Gate
    ) async throws -> Task<Void, any Error> {
        let held = Counter()
        let pieces = Task {
            try await withThrowingTaskGroup { group in
                for _ in 0..<laneCount {
                    group.addTask {
                        let piece: @Sendable () -> Void = {
                            held.increment()
                            gate.pass()
                        }
                        _ = try await self.run(piece, for: job)
                    }
                }
                try await group.waitForAll()
            }
        }
        try await eventually("all lanes are held") { held.value == laneCount }
        return pieces
    }

    /// Checks that no lane is lost.
    nonisolated func lendAllLanes() async throws {
        let gate = Gate()
        let pieces = try await holdAllLanes(until: gate)
        gate.open()
        try await pieces.value
    }
}

extension LaneScheduler {
    /// Waits until this many pieces wait for a lane.
    func untilWaiting(_ count: Int) async {
        while load.waiting != count { await Task.yield() }
    }

    /// Checks that no lane is lost and nothing waits.
    func untilIdle() async throws {
        try await eventually("all lanes are idle") { load.waiting == 0 && load.busy == 0 }
    }
}

/// A log that tasks append to.
final class Log<Entry: Sendable>: Sendable {
    private let noted = Mutex<[Entry]>([])

    func append(_ entry: Entry) { noted.withLock { $0.append(entry) } }

    var entries: [Entry] { noted.withLock { $0 } }
}

/// A number that tasks count up.
final class Counter: Sendable {
    private let count = Atomic(0)

    /// - Returns: The new number.
    @discardableResult
    func increment() -> Int { count.add(1, ordering: .relaxed).newValue }

    func decrement() { count.subtract(1, ordering: .relaxed) }

    var value: Int { count.load(ordering: .relaxed) }
}

extension TranscriptionJob {
    /// A job for a recording of the fixtures.
    static func fixture(
        _ file: String, language: String? = nil, maximumDuration: Duration = .seconds(600),
        chunking: ChunkingStrategy? = nil
    ) -> Self {
        job(Fixtures.audio(file), language: language, maximumDuration: maximumDuration, chunking: chunking)
    }

    static func job(
        _ path: String, language: String? = nil, maximumDuration: Duration = .seconds(600),
        chunking: ChunkingStrategy? = nil
    ) -> Self {
        TranscriptionJob(
            path: path, fileName: "clip", language: language.map { Language(code: $0) },
            maximumDuration: maximumDuration, chunking: chunking)
    }
}

/// The events of a transcription.
struct Report: Sendable {
    private(set) var transcript = Transcript()
    /// All segments, including empty ones.
    private(set) var segments: [Transcript.Segment] = []
    private(set) var summary = RecordingSummary()
    /// Whether `done` was the last event.
    private(set) var isDone = false

    /// Collects all events.
    init(_ events: TranscriptEvents) async throws {
        for try await event in events {
            #expect(!isDone, "an event after `done`: \(event)")
            switch event {
            case .segment(let segment):
                segments.append(segment)
                transcript.append(segment)
            case .length, .working: break
            case .done(let summary):
                transcript.duration = summary.duration
                self.summary = summary
                isDone = true
            }
        }
    }
}

extension VoiceActivityModel {
    /// The model that set-up fetched.
    static let installed = VoiceActivityModel(path: Fixtures.voiceActivityModel)
    /// A missing model, as on a machine without set-up.
    static let missing = VoiceActivityModel(path: nil)
}

/// Recognizers of the fixtures, loaded once.
enum LoadedPipeline {
    static let senseVoice = Result { try Recognizer(.fixture(.senseVoice)) }
    static let whisper = Result { try Recognizer(.fixture(.whisper)) }
    static let paraformer = Result { try Recognizer(.fixture(.paraformer)) }
    static let transducer = Result { try Recognizer(.fixture(.transducer)) }
    static let moonshine = Result { try Recognizer(.fixture(.moonshine)) }

    static func recognizer(_ family: ModelFamily) throws -> Recognizer {
        switch family {
        case .senseVoice: try senseVoice.get()
        case .whisper: try whisper.get()
        case .paraformer: try paraformer.get()
        case .transducer: try transducer.get()
        case .moonshine: try moonshine.get()
        default: try Recognizer(.fixture(family))
        }
    }

    static func transcriber(
        _ family: ModelFamily, lanes: Int = 2, detector: VoiceActivityModel = .installed
    ) throws -> LocalTranscriber {
        LocalTranscriber(recognizer: try recognizer(family), lanes: lanes, detector: detector)
    }
}

/// A clock on which every sleep takes 5 ms.
final class QuickClock: Clock {
    private let count = Atomic(0)

    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try await Task.sleep(for: .milliseconds(5))
        count.add(1, ordering: .relaxed)
    }

    /// Waits until this many more sleeps have ended.
    func ticks(_ number: Int) async throws {
        let end = count.load(ordering: .relaxed) + number
        try await eventually("the clock goes on") { count.load(ordering: .relaxed) >= end }
    }
}
