import Concurrency
import Essentials
import Synchronization

/// Counts the jobs of an engine: those that have not ended, and those whose clients left.
final class JobCounter: Sendable {
    /// One job, counted until the value is released.
    final class Ticket: Sendable {
        private let counter: JobCounter
        private let isAnswered = Atomic(false)

        fileprivate init(_ counter: JobCounter) { self.counter = counter }

        /// Notes that the job has been answered, with a result or an error.
        func answer() { isAnswered.store(true, ordering: .relaxed) }

        deinit { counter.end(isAnswered: isAnswered.load(ordering: .relaxed)) }
    }

    private struct State {
        var jobs = 0
        var abandoned = 0
        var lastEnd: (date: Date, instant: ContinuousClock.Instant)?
        /// Resolved when the present jobs have ended.
        var idle = OneShot<Void>()
    }

    private let state = Mutex(State())
    private let onIdle: @Sendable () -> Void

    /// - Parameter onIdle: Called whenever the last job ends, on the thread that ends it.
    init(onIdle: @escaping @Sendable () -> Void = {}) { self.onIdle = onIdle }

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

    func waitUntilIdle() async throws {
        try await state.withLock { $0.jobs > 0 ? $0.idle : nil }?.value()
    }

    private func end(isAnswered: Bool) {
        let idle = state.withLock { state -> OneShot<Void>? in
            state.jobs -= 1
            if !isAnswered { state.abandoned += 1 }
            guard state.jobs == 0 else { return nil }
            state.lastEnd = (Date(), .now)
            return exchange(&state.idle, with: OneShot())
        }
        guard let idle else { return }
        idle.resolve()
        onIdle()
    }
}
