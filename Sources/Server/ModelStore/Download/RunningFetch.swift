import Concurrency

/// A running download.
struct RunningFetch: Sendable {
    /// The entry it downloads, as in the registry when it started.
    let entry: ModelEntry
    let task: Task<Void, Never>
    let progress: LatestProgress
    private let ended = OneShot<Void>()

    init(_ entry: ModelEntry, task: Task<Void, Never>, progress: LatestProgress) {
        self.entry = entry
        self.task = task
        self.progress = progress
    }

    /// Resumes all waiters.
    func end() { ended.resolve() }

    /// Waits until the download ends; `false` if the deadline passed or the caller was cancelled before.
    func wait(until deadline: ContinuousClock.Instant) async -> Bool {
        (try? await ended.value(within: deadline - .now)) != nil
    }
}
