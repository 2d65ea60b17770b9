/// Decides how often and how soon an interrupted download is retried. Does no I/O.
struct FetchRetryPolicy {
    private let settings: FetchSettings
    private var furthest: Int64
    private var fruitless = 0
    private var restarts = 0

    /// Starts with the bytes that have arrived already.
    init(_ settings: FetchSettings, have size: Int64) {
        self.settings = settings
        furthest = size
    }

    /// How long to wait before the next try; `nil` to give up.
    ///
    /// A try that received no new byte counts as fruitless. So the download ends even if a server ignores the requested
    /// offset and always breaks off at the same place.
    mutating func pause(after interruption: RetryableFetchError, size: Int64) -> Duration? {
        if interruption.isRestart {
            restarts += 1
            furthest = 0
            return restarts > settings.restarts ? nil : .zero
        }
        fruitless = size > furthest ? 0 : fruitless + 1
        furthest = max(furthest, size)
        guard fruitless < settings.fruitlessTries else { return nil }
        let wish = interruption.retryAfter.map { min($0, settings.longestWish) }
        let doubled = settings.pause * (1 << min(max(0, fruitless - 1), 10))
        return wish ?? min(doubled, settings.longestPause)
    }
}

/// An interruption of a download that may be resumed.
struct RetryableFetchError: Error {
    /// The error to report if the download is given up.
    let error: FetchError
    /// How long the server asks to wait.
    var retryAfter: Duration?
    /// Whether the received bytes are useless, because the server has another file now.
    var isRestart = false
}
