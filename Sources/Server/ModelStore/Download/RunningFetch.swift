import Concurrency
import Logging
import Synchronization

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

    func end() { ended.resolve() }

    /// Waits until the download ends; `false` if the deadline passed or the caller was cancelled before.
    func wait(until deadline: ContinuousClock.Instant) async -> Bool {
        (try? await ended.value(within: deadline - .now)) != nil
    }
}

/// Keeps the latest progress of a download for readers, and passes each update on.
final class LatestProgress: Sendable {
    private let latest = Mutex<DownloadProgress?>(nil)
    private let sink: @Sendable (DownloadProgress) -> Void

    init(sink: @escaping @Sendable (DownloadProgress) -> Void) {
        self.sink = sink
    }

    convenience init(log logger: Logger) {
        let lines = Mutex(ProgressLines())
        self.init { progress in
            guard let line = lines.withLock({ $0.line(for: progress) }) else { return }
            if case .failed = progress.phase { logger.error("\(line)") } else { logger.info("\(line)") }
        }
    }

    var value: DownloadProgress? { latest.withLock { $0 } }

    func update(_ progress: DownloadProgress) {
        latest.withLock { $0 = progress }
        sink(progress)
    }
}
