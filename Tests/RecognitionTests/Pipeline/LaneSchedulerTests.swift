import Essentials
import Foundation
@testable import Recognition
import TestSupport
import Testing

@testable import SpeechTypes

@Suite(.timeLimit(.minutes(5))) struct LaneSchedulerTests {
    @Test func oneLaneServesJobsInTurn() async throws {
        let order = try await served(["a", "a", "a", "b", "b", "c"], lanes: 1)
        #expect(order == ["a", "b", "c", "a", "b", "a"])
    }

    /// Queues one piece of each named job, in this order, while a long job holds all lanes.
    ///
    /// - Returns: The jobs in the order in which their pieces got a lane.
    private func served(_ jobs: [String], lanes: Int) async throws -> [String] {
        let scheduler = TestLanes(lanes: lanes)
        let ids = Dictionary(uniqueKeysWithValues: Set(jobs).map { ($0, UniqueID()) })
        let gate = Gate()
        let order = Log<String>()
        let holding = try await scheduler.holdAllLanes(for: ids["long"] ?? UniqueID(), until: gate)
        try await withThrowingTaskGroup { group in
            for (index, job) in jobs.enumerated() {
                let id = try #require(ids[job])
                group.addTask { _ = try await scheduler.run({ order.append(job) }, for: id) }
                await scheduler.untilWaiting(index + 1)
            }
            gate.open()
            try await group.waitForAll()
        }
        try await holding.value
        return order.entries
    }

    @Test func concurrentSegmentsAreLimitedToTheLanes() async throws {
        let scheduler = TestLanes(lanes: 3)
        let (running, counts) = (Counter(), Log<Int>())
        try await withThrowingTaskGroup { group in
            for _ in 0..<60 {
                group.addTask {
                    let work: @Sendable () -> Void = {
                        counts.append(running.increment())
                        Thread.sleep(forTimeInterval: 0.001)
                        running.decrement()
                    }
                    _ = try await scheduler.run(work, for: UniqueID())
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.entries.count == 60)
        #expect(counts.entries.allSatisfy { $0 <= 3 })
        try await scheduler.lendAllLanes()
    }

    @Test func theLoadCountsBusyLanesAndWaitingSegments() async throws {
        let scheduler = TestLanes(lanes: 2)
        #expect(await scheduler.load == LaneLoad(lanes: 2, busy: 0, waiting: 0, decoded: 0))
        let gate = Gate()
        let holding = try await scheduler.holdAllLanes(until: gate)
        let waiting = (0..<3).map { _ in Task { try await scheduler.run({}, for: UniqueID()) } }
        await scheduler.untilWaiting(3)
        #expect(await scheduler.load == LaneLoad(lanes: 2, busy: 2, waiting: 3, decoded: 0))
        gate.open()
        try await holding.value
        for task in waiting { #expect(try await task.value.wait > .zero) }
        try await scheduler.untilIdle()
        #expect(await scheduler.load == LaneLoad(lanes: 2, busy: 0, waiting: 0, decoded: 5))
    }

    @Test func anInteractiveCallRunsBesideTheBackgroundAtHigherPriority() async throws {
        let priorities = Log<Int32>()
        let scheduler = LaneScheduler<Gate?, Void>(
            lanes: 2, limits: .none,
            measure: { gate in
                BatchMeasure(
                    length: 1, request: RecognitionRequest(), priority: gate == nil ? .interactive : .background)
            },
            decode: { gates, _ in
                priorities.append(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
                gates[0]?.pass()
                return [.success(())]
            })
        let gate = Gate()
        let background = (0..<2).map { _ in Task { try await scheduler.run(gate, for: UniqueID()) } }
        try await eventually("the background has all lanes") { await scheduler.load.busy == 2 }
        _ = try await scheduler.run(nil, for: UniqueID())
        gate.open()
        for task in background { _ = try await task.value }
        try await scheduler.untilIdle()
        #expect(priorities.entries.count == 3)
        #if os(Linux)
            #expect(priorities.entries.sorted() == [priorities.entries[2], 5, 5] && priorities.entries[2] < 5)
        #endif
    }

    @Test func aCallIsToldWhetherItIsTheOnlyOne() async throws {
        let told = Log<Bool>()
        let scheduler = LaneScheduler<Gate?, Void>(
            lanes: 2, limits: .none, measure: { _ in BatchMeasure(length: 1, request: RecognitionRequest()) },
            decode: { gates, isAlone in
                told.append(isAlone)
                gates[0]?.pass()
                return [.success(())]
            })
        let gate = Gate()
        async let first = scheduler.run(gate, for: UniqueID())
        try await eventually("the first is decoded") { told.entries.count == 1 }
        _ = try await scheduler.run(nil, for: UniqueID())
        gate.open()
        _ = try await first
        try await scheduler.untilIdle()
        _ = try await scheduler.run(nil, for: UniqueID())
        #expect(told.entries == [true, false, true])
    }

    @Test func aSegmentCancelledWhileWaitingLeavesTheQueue() async throws {
        let scheduler = TestLanes(lanes: 1)
        let gate = Gate()
        let holding = try await scheduler.holdAllLanes(until: gate)
        let waiting = Task { try await scheduler.run({ Issue.record("it got a lane") }, for: UniqueID()) }
        await scheduler.untilWaiting(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await scheduler.untilWaiting(0)
        gate.open()
        try await holding.value
        try await scheduler.lendAllLanes()
    }

    @Test func aCancelledTaskGetsNoLane() async throws {
        let scheduler = TestLanes(lanes: 1)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await scheduler.run({ Issue.record("it got a lane") }, for: UniqueID())
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await scheduler.lendAllLanes()
    }

    @Test func anErrorReleasesTheLane() async throws {
        let scheduler = TestLanes(lanes: 2)
        for _ in 0..<10 {
            await #expect(throws: TranscriptionError.self) {
                _ = try await scheduler.run({ throw TranscriptionError(.audioEmpty, "") }, for: UniqueID())
            }
        }
        try await scheduler.lendAllLanes()
    }

    @Test(arguments: 0..<4)
    func randomCancellationLosesNoLane(seed: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let scheduler = TestLanes(lanes: 2)
        let jobs = (0..<5).map { _ in UniqueID() }
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<200 {
            let job = jobs[number % jobs.count]
            tasks.append(Task { _ = try await scheduler.run({}, for: job) })
            if Bool.random(using: &generator) { tasks.randomElement(using: &generator)?.cancel() }
            if number % 7 == 0 { await Task.yield() }
        }
        for task in tasks { _ = await task.result }
        #expect(await scheduler.load.waiting == 0)
        try await scheduler.lendAllLanes()
    }

    @Test(arguments: [1, 3])
    func warmingUpDecodesOnEveryLane(lanes: Int) async throws {
        let recognizer = try LoadedPipeline.recognizer(.paraformer)
        let pipeline = TranscriptionPipeline(recognizer: recognizer, lanes: lanes, detector: .missing)
        try await pipeline.warmUp()
        try await eventually("the lanes are idle again") { await pipeline.load.busy == 0 }
        #expect(await pipeline.load == LaneLoad(lanes: lanes, busy: 0, waiting: 0, decoded: lanes))
    }
}
