import Concurrency
import Essentials
import Synchronization

/// Counts the jobs of an engine: those that have not ended, and those whose clients left.
final class JobCounter: Sendable {
    /// One job, counted until the value is released.
    final class Ticket: Sendable {
        private let usage: JobCounter
        private let isAnswered = Atomic(false)

        fileprivate init(_ usage: JobCounter) {
            self.usage = usage
        }

        /// Notes that the job has been answered, with a result or an error.
        func answer() {
            isAnswered.store(true, ordering: .relaxed)
        }

        deinit {
            usage.end(isAnswered: isAnswered.load(ordering: .relaxed))
        }
    }

    private struct State {
        var jobs = 0
        var abandoned = 0
        var lastEnd: (date: Date, instant: ContinuousClock.Instant)?
        var waiters: [OneShot<Void>] = []
    }

    private let state = Mutex(State())
    private let onIdle: @Sendable () -> Void

    /// Starts with no job.
    ///
    /// - Parameter onIdle: Called whenever the last job ends, on the thread that ends it.
    init(onIdle: @escaping @Sendable () -> Void = {}) {
        self.onIdle = onIdle
    }

    /// The jobs that have not ended.
    var jobs: Int { state.withLock { $0.jobs } }

    /// The jobs whose clients left before the answer.
    var abandoned: Int { state.withLock { $0.abandoned } }

    /// When the last job ended; `nil` while there are any, and before the first.
    var idleSince: Date? { state.withLock { $0.jobs == 0 ? $0.lastEnd?.date : nil } }

    /// When the engine last became idle; `nil` before the first job.
    var lastEnd: ContinuousClock.Instant? { state.withLock { $0.lastEnd?.instant } }

    /// Counts a job until its ticket is released.
    func begin() -> Ticket {
        state.withLock { $0.jobs += 1 }
        return Ticket(self)
    }

    /// Waits until there is no job.
    ///
    /// - Throws: `CancellationError`.
    func waitUntilIdle() async throws {
        let pending = state.withLock { state -> OneShot<Void>? in
            guard state.jobs > 0 else { return nil }
            let pending = OneShot<Void>()
            state.waiters.append(pending)
            return pending
        }
        try await pending?.value()
    }

    private func end(isAnswered: Bool) {
        let waiters = state.withLock { state -> [OneShot<Void>]? in
            state.jobs -= 1
            if !isAnswered { state.abandoned += 1 }
            guard state.jobs == 0 else { return nil }
            state.lastEnd = (Date(), .now)
            return exchange(&state.waiters, with: [])
        }
        guard let waiters else { return }
        for waiter in waiters { waiter.resolve(.success(())) }
        onIdle()
    }
}
