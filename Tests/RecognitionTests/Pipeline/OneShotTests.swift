import TestSupport
import Testing

import Concurrency

struct OneShotTests {
    private struct Failure: Error, Equatable {
        var number = 1
    }

    private let pending = OneShot<Int>()

    @Test func earlyAndLateWaitersGetTheFirstValue() async throws {
        async let early = pending.value()
        async let patient = pending.value(within: .seconds(600))
        pending.resolve(.success(1))
        pending.resolve(.success(2))
        pending.resolve(.failure(Failure()))
        #expect(try await early == 1)
        #expect(try await patient == 1)
        #expect(try await pending.value() == 1)
        #expect(pending.isResolved)
    }

    @Test func aFailureIsThrownToAllWaiters() async throws {
        #expect(!pending.isResolved)
        let waiters = (0..<5).map { _ in Task { [pending] in try await pending.value() } }
        pending.resolve(.failure(Failure()))
        for waiter in waiters { await #expect(throws: Failure()) { try await waiter.value } }
        await #expect(throws: Failure()) { try await pending.value(within: .zero) }
    }

    @Test func aTimeoutReturnsNoValue() async throws {
        #expect(try await pending.value(within: .milliseconds(1)) == nil)
        pending.resolve(.success(3))
        #expect(try await pending.value(within: .seconds(600)) == 3)
    }

    @Test func cancellationEndsOnlyThatTasksWait() async throws {
        let quitter = Task { [pending] in try await pending.value(within: .seconds(600)) }
        let waiter = Task { [pending] in try await pending.value() }
        quitter.cancel()
        await #expect(throws: CancellationError.self) { try await quitter.value }
        pending.resolve(.success(4))
        #expect(try await waiter.value == 4)
    }
}
