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
    /// Set before the task is cancelled because the model is being deleted.
    private let withdrawn = OneShot<Void>()

    init(_ entry: ModelEntry, task: Task<Void, Never>, progress: LatestProgress) {
        self.entry = entry
        self.task = task
        self.progress = progress
    }

    func end() {
        ended.resolve()
        progress.isUnderWay.resolve()
    }

    /// Ends the download, and returns once it has ended.
    func withdraw() async {
        withdrawn.resolve()
        task.cancel()
        await task.value
    }

    /// Whether it ends because the model is being deleted.
    var isWithdrawn: Bool { withdrawn.isResolved }

    /// Waits until the file's server has answered and its answer has been accepted, or the download has ended; at most
    /// until the deadline.
    func waitUntilAdmitted(until deadline: ContinuousClock.Instant) async {
        _ = try? await progress.isUnderWay.value(within: deadline - .now)
    }

    /// Waits until the download ends; `false` if the deadline passed or the caller was cancelled before.
    func wait(until deadline: ContinuousClock.Instant) async -> Bool {
        (try? await ended.value(within: deadline - .now)) != nil
    }
}

/// Keeps the latest progress of a download for readers, and passes each update on.
final class LatestProgress: Sendable {
    private let latest = Mutex<DownloadProgress?>(nil)
    /// Resolved when bytes arrive, when another process downloads the model, and at the end.
    let isUnderWay = OneShot<Void>()
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
        if progress.phase.isUnderWay { isUnderWay.resolve() }
    }
}

extension DownloadProgress.Phase {
    /// Whether the download has passed its first checks, or has ended.
    fileprivate var isUnderWay: Bool {
        switch self {
        case .connecting, .interrupted: false
        case .waiting, .downloading, .unpacking, .compared, .finished, .failed: true
        }
    }
}
