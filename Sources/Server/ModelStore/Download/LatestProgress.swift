import Logging
import Synchronization

/// Keeps the latest progress of a download for readers, and passes each update on.
final class LatestProgress: Sendable {
    private let latest = Mutex<DownloadProgress?>(nil)
    private let sink: @Sendable (DownloadProgress) -> Void

    init(sink: @escaping @Sendable (DownloadProgress) -> Void) {
        self.sink = sink
    }

    /// Logs the progress of one download.
    convenience init(log logger: Logger) {
        let lines = Mutex(ProgressLines())
        self.init { progress in
            guard let line = lines.withLock({ $0.line(for: progress) }) else { return }
            if case .failed = progress.phase { logger.error("\(line)") } else { logger.info("\(line)") }
        }
    }

    /// The latest progress; `nil` before the first.
    var value: DownloadProgress? {
        latest.withLock { $0 }
    }

    func update(_ progress: DownloadProgress) {
        latest.withLock { $0 = progress }
        sink(progress)
    }
}
