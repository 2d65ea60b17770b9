import Synchronization
import Testing

@testable import Engines

struct JobCounterTests {
    private let usage = JobCounter()

    @Test func aTicketCountsUntilItIsReleased() {
        #expect(usage.idleSince == nil)
        var first: JobCounter.Ticket? = usage.begin()
        var second: JobCounter.Ticket? = usage.begin()
        #expect(usage.jobs == 2)
        withExtendedLifetime(first) {}
        first = nil
        #expect(usage.jobs == 1)
        #expect(usage.idleSince == nil)
        withExtendedLifetime(second) {}
        second = nil
        #expect(usage.jobs == 0)
        #expect(usage.idleSince != nil)
    }

    @Test func anAbandonedJobIsCounted() {
        var answered: JobCounter.Ticket? = usage.begin()
        answered?.answer()
        answered = nil
        #expect(usage.abandoned == 0)
        var left: JobCounter.Ticket? = usage.begin()
        withExtendedLifetime(left) {}
        left = nil
        #expect(usage.abandoned == 1 && usage.jobs == 0)
    }

    @Test func releasingTheLastTicketReportsIdle() {
        let calls = Mutex(0)
        let usage = JobCounter { calls.withLock { $0 += 1 } }
        var first: JobCounter.Ticket? = usage.begin()
        var second: JobCounter.Ticket? = usage.begin()
        withExtendedLifetime(first) {}
        first = nil
        #expect(calls.withLock { $0 } == 0)
        #expect(usage.lastEnd == nil)
        withExtendedLifetime(second) {}
        second = nil
        #expect(calls.withLock { $0 } == 1)
        #expect(usage.lastEnd != nil)
    }

    @Test func waitingForIdleEndsWithTheLastTicket() async throws {
        try await usage.waitUntilIdle()
        var ticket: JobCounter.Ticket? = usage.begin()
        let waiting = Task { [usage] in
            try await usage.waitUntilIdle()
            return usage.jobs
        }
        let quitter = Task { [usage] in try await usage.waitUntilIdle() }
        quitter.cancel()
        await #expect(throws: CancellationError.self) { try await quitter.value }
        withExtendedLifetime(ticket) {}
        ticket = nil
        #expect(try await waiting.value == 0)
    }
}
