import Foundation
import Synchronization

/// Counts the jobs that an engine was given and that have not ended.
final class EngineUsage: Sendable {
    /// One job, until the value goes.
    final class Ticket: Sendable {
        private let usage: EngineUsage

        fileprivate init(_ usage: EngineUsage) {
            self.usage = usage
        }

        deinit {
            usage.end()
        }
    }

    private struct State {
        var jobs = 0
        var lastEnd: Date?
        var waiters: [Pending<Void>] = []
    }

    private let state = Mutex(State())

    /// The jobs that have not ended.
    var jobs: Int { state.withLock { $0.jobs } }

    /// When the last job ended; `nil` while there are any, and before the first.
    var idleSince: Date? { state.withLock { $0.jobs == 0 ? $0.lastEnd : nil } }

    /// Counts a job from now on.
    func begin() -> Ticket {
        state.withLock { $0.jobs += 1 }
        return Ticket(self)
    }

    /// Waits until there is no job.
    ///
    /// - Throws: `CancellationError`.
    func waitUntilIdle() async throws {
        let pending = state.withLock { state -> Pending<Void>? in
            guard state.jobs > 0 else { return nil }
            let pending = Pending<Void>()
            state.waiters.append(pending)
            return pending
        }
        try await pending?.value()
    }

    private func end() {
        let waiters = state.withLock { state -> [Pending<Void>] in
            state.jobs -= 1
            guard state.jobs == 0 else { return [] }
            state.lastEnd = Date()
            return exchange(&state.waiters, with: [])
        }
        for waiter in waiters { waiter.resolve(.success(())) }
    }
}
