import Foundation
import TestSupport
import Testing

@testable import Transcription

@Suite(.timeLimit(.minutes(1))) struct LaneSchedulerTests {
    @Test(arguments: 1...3)
    func aShortJobWaitsForAtMostOnePieceOfALongOne(lanes: Int) async throws {
        let order = try await served(["long", "long", "long", "long", "short", "other"], lanes: lanes)
        #expect(order.count == 6)
        // Lanes that come free together start their pieces in any order among themselves.
        #expect(try #require(order.firstIndex(of: "short")) <= lanes)
        #expect(try #require(order.firstIndex(of: "other")) <= lanes + 1)
    }

    @Test func oneLaneServesTheJobsByTurns() async throws {
        let order = try await served(["a", "a", "a", "b", "b", "c"], lanes: 1)
        #expect(order == ["a", "b", "c", "a", "b", "a"])
    }

    /// Lets one piece of each job named wait, in this order, while a long job holds all lanes.
    ///
    /// - Returns: The jobs in the order in which their pieces got a lane.
    private func served(_ jobs: [String], lanes: Int) async throws -> [String] {
        let scheduler = LaneScheduler(lanes: lanes)
        let ids = Dictionary(uniqueKeysWithValues: Set(jobs).map { ($0, UUID()) })
        let gate = Gate()
        let order = Log<String>()
        let holding = await scheduler.holdAllLanes(for: ids["long"] ?? UUID(), until: gate)
        try await withThrowingTaskGroup { group in
            for (index, job) in jobs.enumerated() {
                let id = try #require(ids[job])
                group.addTask { try await scheduler.withLane(for: id) { _ in order.append(job) } }
                await scheduler.untilWaiting(index + 1)
            }
            await gate.open()
            try await group.waitForAll()
        }
        try await holding.value
        return order.entries
    }

    @Test func noMorePiecesRunAtOnceThanThereAreLanes() async throws {
        let scheduler = LaneScheduler(lanes: 3)
        let (running, counts) = (Counter(), Log<Int>())
        try await withThrowingTaskGroup { group in
            for _ in 0..<60 {
                group.addTask {
                    try await scheduler.withLane(for: UUID()) { _ in
                        counts.append(running.increment())
                        await Task.yield()
                        running.decrement()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.entries.count == 60)
        #expect(counts.entries.allSatisfy { $0 <= 3 })
        try await scheduler.lendAllLanes()
    }

    @Test func theLoadTellsOfBusyLanesAndOfWhatWaits() async throws {
        let scheduler = LaneScheduler(lanes: 2)
        #expect(await scheduler.load == LaneLoad(lanes: 2, busy: 0, waiting: 0))
        let gate = Gate()
        let holding = await scheduler.holdAllLanes(until: gate)
        let waiting = (0..<3).map { _ in Task { try await scheduler.withLane(for: UUID()) { _ in } } }
        await scheduler.untilWaiting(3)
        #expect(await scheduler.load == LaneLoad(lanes: 2, busy: 2, waiting: 3))
        await gate.open()
        try await holding.value
        for task in waiting { try await task.value }
        #expect(await scheduler.load == LaneLoad(lanes: 2, busy: 0, waiting: 0))
    }

    @Test func aPieceThatIsCancelledWhileItWaitsLeavesTheRound() async throws {
        let scheduler = LaneScheduler(lanes: 1)
        let gate = Gate()
        let holding = await scheduler.holdAllLanes(until: gate)
        let waiting = Task { try await scheduler.withLane(for: UUID()) { _ in _ = Issue.record("it got a lane") } }
        await scheduler.untilWaiting(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await scheduler.untilWaiting(0)
        await gate.open()
        try await holding.value
        try await scheduler.lendAllLanes()
    }

    @Test func aTaskCancelledBeforeItAsksGetsNoLane() async throws {
        let scheduler = LaneScheduler(lanes: 1)
        let gate = Gate()
        let task = Task {
            await gate.pass()
            try await scheduler.withLane(for: UUID()) { _ in _ = Issue.record("it got a lane") }
        }
        task.cancel()
        await gate.open()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await scheduler.lendAllLanes()
    }

    @Test func workThatThrowsGivesItsLaneBack() async throws {
        let scheduler = LaneScheduler(lanes: 2)
        for _ in 0..<10 {
            await #expect(throws: TranscriptionError.self) {
                try await scheduler.withLane(for: UUID()) { _ in throw TranscriptionError(.audioEmpty, "") }
            }
        }
        try await scheduler.lendAllLanes()
    }

    @Test(arguments: 0..<4)
    func noLaneIsLostHoweverTasksAreCancelled(seed: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let scheduler = LaneScheduler(lanes: 2)
        let jobs = (0..<5).map { _ in UUID() }
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<200 {
            let job = jobs[number % jobs.count]
            tasks.append(Task { try await scheduler.withLane(for: job) { _ in await Task.yield() } })
            if Bool.random(using: &generator) { tasks.randomElement(using: &generator)?.cancel() }
            if number % 7 == 0 { await Task.yield() }
        }
        for task in tasks { _ = await task.result }
        #expect(await scheduler.waitingCount == 0)
        try await scheduler.lendAllLanes()
    }
}
