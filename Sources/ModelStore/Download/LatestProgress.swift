import Synchronization

/// The newest moment of a fetch, for who asks between two moments; each is passed on as well.
final class LatestProgress: Sendable {
    private let latest = Mutex<DownloadProgress?>(nil)
    private let sink: @Sendable (DownloadProgress) -> Void

    init(sink: @escaping @Sendable (DownloadProgress) -> Void) {
        self.sink = sink
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
