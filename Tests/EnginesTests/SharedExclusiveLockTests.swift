import Synchronization
import TestSupport
import Testing

@testable import Engines

/// When tasks acquire the lock.
struct SharedExclusiveLockTests {
    /// Acquires the lock and holds it until `leave()`.
    private final class Visitor: Sendable {
        private let (leaving, door) = AsyncStream.makeStream(of: Never.self)
        private let isInside = Atomic(false)
        private let visit = Mutex<Task<Void, any Error>?>(nil)

        init(_ gate: SharedExclusiveLock, _ mode: SharedExclusiveLock.Mode) {
            let visit = Task { [self] in
                let pass = try await gate.enter(mode)
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

    private let gate = SharedExclusiveLock()

    /// Starts a visitor, and returns once it holds the lock or waits for it.
    private func visitor(_ mode: SharedExclusiveLock.Mode) async throws -> Visitor {
        let waiting = gate.waiting
        let visitor = Visitor(gate, mode)
        try await eventually("in, or in the queue") { visitor.hasEntered || gate.waiting > waiting }
        return visitor
    }

    @Test func sharersComeInTogether() async throws {
        let visitors = try await [visitor(.shared), visitor(.shared), visitor(.shared)]
        #expect(visitors.allSatisfy { $0.hasEntered })
        visitors.forEach { $0.leave() }
    }

    @Test func whoWantsToBeAloneWaitsForAllAndNobodyPassesThem() async throws {
        let first = try await visitor(.shared)
        let second = try await visitor(.shared)
        let alone = try await visitor(.alone())
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

    @Test func whoIsForgottenHoldsNobodyUpAndLeavesUnnoticed() async throws {
        let forgotten = try await visitor(.shared)
        let alone = try await visitor(.alone())
        gate.forgetAllInside()
        try await eventually("the one comes in") { alone.hasEntered }
        let next = try await visitor(.alone())
        forgotten.leave()
        try await Task.sleep(for: .milliseconds(20))
        #expect(!next.hasEntered)
        alone.leave()
        try await eventually("the next comes in") { next.hasEntered }
        next.leave()
    }

    @Test func thoseWhoWantToBeAloneComeInOneByOneInOrder() async throws {
        let visitors = try await [visitor(.alone()), visitor(.alone()), visitor(.alone())]
        for (index, visitor) in visitors.enumerated() {
            try await eventually("number \(index) comes in") { visitor.hasEntered }
            #expect(visitors.dropFirst(index + 1).allSatisfy { !$0.hasEntered })
            visitor.leave()
        }
    }

    @Test func whoGivesUpNoLongerBlocksThoseBehind() async throws {
        let first = try await visitor(.shared)
        let alone = try await visitor(.alone())
        let last = try await visitor(.shared)
        #expect(!last.hasEntered)
        #expect(await alone.giveUp())
        try await eventually("the last comes in") { last.hasEntered }
        first.leave()
        last.leave()
    }

    @Test func aCancelledTaskIsNotLetIn() async throws {
        let entering = Task { [gate] in
            try await Task.sleep(for: .seconds(60))
            _ = try await gate.enter(.alone())
        }
        entering.cancel()
        await #expect(throws: CancellationError.self) { try await entering.value }
        let cancelled = Task { [gate] in
            while !Task.isCancelled { await Task.yield() }
            _ = try await gate.enter(.alone())
        }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        _ = try await gate.enter(.alone())
    }

    @Test func aPassIsGivenBackWhenItGoes() async throws {
        for _ in 0..<3 { _ = try await gate.enter(.alone()) }
        _ = try await gate.enter(.shared)
        #expect(gate.waiting == 0)
    }

    /// Counts the holders, and how often an exclusive one met another.
    private final class Room: Sendable {
        private let state = Mutex((sharing: 0, alone: 0, meetings: 0))

        var meetings: Int { state.withLock { $0.meetings } }

        func enter(_ mode: SharedExclusiveLock.Mode) {
            state.withLock {
                switch mode {
                case .shared: $0.sharing += 1
                case .alone: $0.alone += 1
                }
                if $0.alone > 0, $0.alone + $0.sharing > 1 { $0.meetings += 1 }
            }
        }

        func leave(_ mode: SharedExclusiveLock.Mode) {
            state.withLock {
                switch mode {
                case .shared: $0.sharing -= 1
                case .alone: $0.alone -= 1
                }
            }
        }
    }

    @Test func whoWantsInOnlyIfItIsEmptyDoesNotWait() async throws {
        var inside: SharedExclusiveLock.Pass? = try await gate.enter(.shared)
        #expect(gate.enterIfEmpty() == nil)
        withExtendedLifetime(inside) {}
        inside = nil
        var alone = gate.enterIfEmpty()
        #expect(alone != nil)
        let next = Visitor(gate, .shared)
        try await eventually("the next one waits") { gate.waiting == 1 }
        #expect(gate.enterIfEmpty() == nil)
        withExtendedLifetime(alone) {}
        alone = nil
        try await eventually("the next one is let in") { next.hasEntered }
        next.leave()
    }

    @Test func manyComersAndGoersNeverMeetOneWhoIsAlone() async throws {
        let room = Room()
        try await withThrowingTaskGroup { group in
            for number in 0..<400 {
                let mode: SharedExclusiveLock.Mode = number % 7 == 0 ? .alone() : .shared
                group.addTask { [gate] in
                    let pass = try await gate.enter(mode)
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
        _ = try await gate.enter(.alone())
    }

    /// Acquires the lock, and is cancelled at a random moment before or after.
    private static func hurry(through gate: SharedExclusiveLock) async {
        let visit = Task { _ = try await gate.enter(.alone()) }
        await Task.yield()
        visit.cancel()
        _ = await visit.result
    }
}
