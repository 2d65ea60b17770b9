import Synchronization

/// A running download and its waiters.
final class RunningFetch: Sendable {
    /// The entry it downloads, as in the registry when it started.
    let entry: ModelEntry
    let task: Task<Void, Never>
    let progress: LatestProgress
    private let state = Mutex(State())

    private struct State {
        var isOver = false
        var lastWaiter = 0
        var waiters: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    init(_ entry: ModelEntry, task: Task<Void, Never>, progress: LatestProgress) {
        self.entry = entry
        self.task = task
        self.progress = progress
    }

    /// Resumes all waiters.
    func end() {
        let waiters = state.withLock { state in
            state.isOver = true
            return state.waiters.values.map(\.self)
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Waits until the download ends.
    ///
    /// - Returns: `false` if the deadline passed or the caller was cancelled before.
    func wait(until deadline: ContinuousClock.Instant) async -> Bool {
        let (end, waiter) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            if state.isOver { waiter.finish() }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = waiter
            return state.lastWaiter
        }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: id) } }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in end {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
