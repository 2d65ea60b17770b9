import Concurrency
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct AbandonableTests {
    @Test func aCallReturnsOrThrows() async throws {
        #expect(try await abandonable { 7 } == 7)
        await #expect(throws: POSIXError.self) { try await abandonable { throw POSIXError(.EIO) } }
    }

    @Test func aCallThatDoesNotReturnIsAbandoned() async throws {
        let gate = DispatchSemaphore(value: 0)
        let hasBegun = Atomic(false)
        let task = Task {
            try await abandonable {
                hasBegun.store(true, ordering: .relaxed)
                gate.wait()
            }
        }
        try await eventually("it is called") { hasBegun.load(ordering: .relaxed) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.signal()
    }

    @Test func aCancelledTaskMakesNoCall() async throws {
        let hasBegun = Atomic(false)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await abandonable { hasBegun.store(true, ordering: .relaxed) }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let isCalled = hasBegun.load(ordering: .relaxed)
        #expect(!isCalled)
    }
}
