/// Decides how often and how soon an interrupted download is tried again. Does no I/O.
struct FetchRetryPolicy {
    private let settings: FetchSettings
    private var furthest: Int64
    private var fruitless = 0
    private var restarts = 0

    /// Begins with the bytes that are there already.
    init(_ settings: FetchSettings, have size: Int64) {
        self.settings = settings
        furthest = size
    }

    /// How long to wait before the next try; `nil` to give up.
    ///
    /// A try counts as fruitless if it brought no byte that had not arrived before: a server that ignores where to begin
    /// and breaks at the same place each time does not keep us for ever.
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

/// A download that broke off and may go on.
struct RetryableFetchError: Error {
    /// What to say if it does not go on after all.
    let error: FetchError
    /// How long the server asks to be left alone.
    var retryAfter: Duration?
    /// Whether what has arrived is of no use: the server has another file now.
    var isRestart = false
}
