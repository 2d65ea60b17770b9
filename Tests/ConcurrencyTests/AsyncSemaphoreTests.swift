import Concurrency
import Synchronization
import TestSupport
import Testing

/// When tasks get permits.
@Suite(.timeLimit(.minutes(3))) struct AsyncSemaphoreTests {
    private final class Order: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    /// Acquires a permit and holds it until `leave()`.
    private final class Visitor: Sendable {
        private let (leaving, door) = AsyncStream.makeStream(of: Never.self)
        private let isInside = Atomic(false)
        private let visit = Mutex<Task<Void, any Error>?>(nil)

        init(_ gate: AsyncSemaphore, _ mode: AsyncSemaphore.Mode) {
            let visit = Task { [self] in
                let pass = try await gate.acquire(mode)
                isInside.store(true, ordering: .sequentiallyConsistent)
                for await _ in leaving {}
                withExtendedLifetime(pass) {}
            }
            self.visit.withLock { $0 = visit }
        }

        var hasEntered: Bool { isInside.load(ordering: .sequentiallyConsistent) }

        func leave() { door.finish() }

        /// Cancels the wait; returns whether that ended it.
        func giveUp() async -> Bool {
            let visit = visit.withLock { $0 }
            visit?.cancel()
            switch await visit?.result {
            case .failure(is CancellationError): return true
            default: return false
            }
        }
    }

    private let gate = AsyncSemaphore()

    /// Starts a visitor, and returns once it holds a permit or waits for one.
    private func visitor(_ mode: AsyncSemaphore.Mode) async throws -> Visitor {
        let waiting = gate.waiting
        let visitor = Visitor(gate, mode)
        try await eventually("in, or in the queue") { visitor.hasEntered || gate.waiting > waiting }
        return visitor
    }

    @Test func sharedPermitsAreHeldTogether() async throws {
        let visitors = try await [visitor(.shared), visitor(.shared), visitor(.shared)]
        #expect(visitors.allSatisfy { $0.hasEntered })
        visitors.forEach { $0.leave() }
    }

    @Test func exclusiveEntryWaitsForAllHoldersAndIsNotOvertaken() async throws {
        let first = try await visitor(.shared)
        let second = try await visitor(.shared)
        let alone = try await visitor(.exclusive())
        let last = try await visitor(.shared)
        #expect(!alone.hasEntered && !last.hasEntered)
        first.leave()
        try await Task.sleep(for: .milliseconds(20))
        #expect(!alone.hasEntered)
        second.leave()
        try await eventually("the one comes in") { alone.hasEntered }
        #expect(!last.hasEntered && gate.waiting == 1)
        alone.leave()
        try await eventually("the last comes in") { last.hasEntered }
        last.leave()
    }

    @Test func forgottenHoldersDelayNobodyAndLeaveUnnoticed() async throws {
        let forgotten = try await visitor(.shared)
        let alone = try await visitor(.exclusive())
        gate.forgetHolders()
        try await eventually("the one comes in") { alone.hasEntered }
        let next = try await visitor(.exclusive())
        forgotten.leave()
        try await Task.sleep(for: .milliseconds(20))
        #expect(!next.hasEntered)
        alone.leave()
        try await eventually("the next comes in") { next.hasEntered }
        next.leave()
    }

    @Test func exclusiveEntriesComeInOneByOneInOrder() async throws {
        let visitors = try await [visitor(.exclusive()), visitor(.exclusive()), visitor(.exclusive())]
        for (index, visitor) in visitors.enumerated() {
            try await eventually("number \(index) comes in") { visitor.hasEntered }
            #expect(visitors.dropFirst(index + 1).allSatisfy { !$0.hasEntered })
            visitor.leave()
        }
    }

    @Test func aCancelledWaitNoLongerBlocksThoseBehind() async throws {
        let first = try await visitor(.shared)
        let alone = try await visitor(.exclusive())
        let last = try await visitor(.shared)
        #expect(!last.hasEntered)
        #expect(await alone.giveUp())
        try await eventually("the last comes in") { last.hasEntered }
        first.leave()
        last.leave()
    }

    @Test func aWaitWhoseTimeIsUpNoLongerBlocksThoseBehind() async throws {
        let first = try await visitor(.shared)
        #expect(try await gate.acquire(.exclusive(), within: .zero) == nil)
        let next = try await visitor(.shared)
        #expect(next.hasEntered && gate.waiting == 0)
        first.leave()
        next.leave()
        try await eventually("a permit is free") { try await gate.acquire(.exclusive(), within: .seconds(60)) != nil }
    }

    @Test func aCancelledTaskGetsNoPermit() async throws {
        let entering = Task { [gate] in
            try await Task.sleep(for: .seconds(60))
            _ = try await gate.acquire(.exclusive())
        }
        entering.cancel()
        await #expect(throws: CancellationError.self) { try await entering.value }
        let cancelled = Task { [gate] in
            while !Task.isCancelled { await Task.yield() }
            _ = try await gate.acquire(.exclusive())
        }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        _ = try await gate.acquire(.exclusive())
    }

    @Test func noMoreSharedPermitsAreHeldThanThereAre() async throws {
        let gate = AsyncSemaphore(2)
        var held = [try await gate.acquire(), try await gate.acquire()]
        let order = Order()
        var waiting: [Task<Void, any Error>] = []
        for number in 0..<3 {
            waiting.append(
                Task {
                    let permit = try await gate.acquire()
                    order.numbers.withLock { $0.append(number) }
                    withExtendedLifetime(permit) {}
                })
            try await eventually("it waits") { gate.waiting == number + 1 }
        }
        #expect(order.numbers.withLock { $0.isEmpty })
        held.removeLast()
        for task in waiting { try await task.value }
        #expect(order.numbers.withLock { $0 } == [0, 1, 2])
        withExtendedLifetime(held) {}
    }

    @Test func aLighterExclusiveEntryOvertakesAHeavierOne() async throws {
        let first = try await visitor(.exclusive())
        let heavy = try await visitor(.exclusive(weight: 2))
        let light = try await visitor(.exclusive(weight: 1))
        #expect(gate.isNext(weighing: 1) && !gate.isNext(weighing: 2))
        first.leave()
        try await eventually("the lighter one comes in") { light.hasEntered }
        #expect(!heavy.hasEntered)
        light.leave()
        try await eventually("the heavier one comes in") { heavy.hasEntered }
        heavy.leave()
    }

    @Test func aPermitIsReturnedWhenItIsReleased() async throws {
        for _ in 0..<3 { _ = try await gate.acquire(.exclusive()) }
        _ = try await gate.acquire(.shared)
        #expect(gate.waiting == 0)
    }

    /// Counts the holders, and how often an exclusive one met another.
    private final class Room: Sendable {
        private let state = Mutex((sharing: 0, alone: 0, meetings: 0))

        var meetings: Int { state.withLock { $0.meetings } }

        func enter(_ mode: AsyncSemaphore.Mode) {
            state.withLock {
                switch mode {
                case .shared: $0.sharing += 1
                case .exclusive: $0.alone += 1
                }
                if $0.alone > 0, $0.alone + $0.sharing > 1 { $0.meetings += 1 }
            }
        }

        func leave(_ mode: AsyncSemaphore.Mode) {
            state.withLock {
                switch mode {
                case .shared: $0.sharing -= 1
                case .exclusive: $0.alone -= 1
                }
            }
        }
    }

    @Test func acquiringAllIfFreeDoesNotWait() async throws {
        var inside: AsyncSemaphore.Permit? = try await gate.acquire(.shared)
        #expect(gate.acquireAllIfFree() == nil)
        withExtendedLifetime(inside) {}
        inside = nil
        var alone = gate.acquireAllIfFree()
        #expect(alone != nil)
        let next = Visitor(gate, .shared)
        try await eventually("the next one waits") { gate.waiting == 1 }
        #expect(gate.acquireAllIfFree() == nil)
        withExtendedLifetime(alone) {}
        alone = nil
        try await eventually("the next one is let in") { next.hasEntered }
        next.leave()
    }

    @Test func anExclusiveHolderNeverMeetsAnother() async throws {
        let room = Room()
        try await withThrowingTaskGroup { group in
            for number in 0..<400 {
                let mode: AsyncSemaphore.Mode = number % 7 == 0 ? .exclusive() : .shared
                group.addTask { [gate] in
                    let pass = try await gate.acquire(mode)
                    room.enter(mode)
                    await Task.yield()
                    room.leave(mode)
                    withExtendedLifetime(pass) {}
                }
                if number % 11 == 0 { group.addTask { [gate] in await Self.hurry(through: gate) } }
            }
            try await group.waitForAll()
        }
        #expect(room.meetings == 0)
        #expect(gate.waiting == 0)
        _ = try await gate.acquire(.exclusive())
    }

    /// Acquires the lock, and is cancelled at a random moment before or after.
    private static func hurry(through gate: AsyncSemaphore) async {
        let visit = Task { _ = try await gate.acquire(.exclusive()) }
        await Task.yield()
        visit.cancel()
        _ = await visit.result
    }
}
