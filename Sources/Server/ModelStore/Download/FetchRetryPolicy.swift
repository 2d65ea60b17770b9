/// The error of a failed download.
struct FetchError: Error, CustomStringConvertible {
    /// What failed, on which value, and what to do about it. Fit for a client.
    let description: String
    let cause: (any Error)?
    /// Whether a later download can resume from the bytes received so far.
    let keepsPartial: Bool
    /// Whether the disk has too little room for it.
    let lacksSpace: Bool
    /// The retry that may help at once.
    let retry: Retry?

    enum Retry: Equatable {
        /// Resume, after the time that the server asks to wait.
        case resume(after: Duration? = nil)
        /// Begin again: the received bytes are useless, because the server has another file now.
        case restart
    }

    init(
        _ description: String, cause: (any Error)? = nil, keepsPartial: Bool = false, lacksSpace: Bool = false,
        retry: Retry? = nil
    ) {
        self.description = description
        self.cause = cause
        self.keepsPartial = keepsPartial
        self.lacksSpace = lacksSpace
        self.retry = retry
    }
}

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
    mutating func pause(before retry: FetchError.Retry, size: Int64) -> Duration? {
        guard case .resume(let requested) = retry else {
            restarts += 1
            furthest = 0
            return restarts > settings.restarts ? nil : .zero
        }
        fruitless = size > furthest ? 0 : fruitless + 1
        furthest = max(furthest, size)
        guard fruitless < settings.fruitlessTries else { return nil }
        if let requested { return min(requested, settings.longestRetryAfter) }
        return min(settings.pause * (1 << min(max(0, fruitless - 1), 10)), settings.longestPause)
    }
}
