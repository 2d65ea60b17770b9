import Testing

@testable import Concurrency

/// Tasks and sleepers on an event loop.
@Suite struct EventLoopTests {
    private let executor = EventLoopExecutor()

    @Test func tasksAndTheirChildrenRunOnTheEventLoop() async {
        let eventLoop = executor.eventLoop
        let places = await withTaskExecutorPreference(executor) {
            await withTaskGroup { group in
                for _ in 0..<10 { group.addTask { eventLoop.inEventLoop } }
                return await group.reduce(into: [eventLoop.inEventLoop]) { $0.append($1) }
            }
        }
        #expect(places.allSatisfy { $0 })
        #expect(!eventLoop.inEventLoop)
    }

    @Test func sleepEndsAtItsDeadlineNotBefore() async throws {
        let clock = EventLoopClock(executor.eventLoop)
        let deadline = clock.now + .milliseconds(30)
        try await clock.sleep(until: deadline, tolerance: nil)
        #expect(clock.now >= deadline)
        try await clock.sleep(until: deadline, tolerance: nil)
    }

    @Test(arguments: [false, true])
    func aCancelledSleepEndsAtOnce(isCancelledBefore: Bool) async {
        let clock = EventLoopClock(executor.eventLoop)
        let sleeper = Task(executorPreference: executor) {
            if isCancelledBefore { withUnsafeCurrentTask { $0?.cancel() } }
            try await clock.sleep(for: .seconds(3600))
        }
        if !isCancelledBefore { sleeper.cancel() }
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
}
