import Logging
import Synchronization

/// The newest moment of a fetch, for who asks between two moments; each is passed on as well.
final class LatestProgress: Sendable {
    private let latest = Mutex<DownloadProgress?>(nil)
    private let sink: @Sendable (DownloadProgress) -> Void

    init(sink: @escaping @Sendable (DownloadProgress) -> Void) {
        self.sink = sink
    }

    /// Writes the lines of one fetch to a log.
    convenience init(log logger: Logger) {
        let lines = Mutex(ProgressLines())
        self.init { progress in
            guard let line = lines.withLock({ $0.line(for: progress) }) else { return }
            if case .failed = progress.phase { logger.error("\(line)") } else { logger.info("\(line)") }
        }
    }

    /// The newest moment; `nil` before the first.
    var value: DownloadProgress? {
        latest.withLock { $0 }
    }

    func update(_ progress: DownloadProgress) {
        latest.withLock { $0 = progress }
        sink(progress)
    }
}
