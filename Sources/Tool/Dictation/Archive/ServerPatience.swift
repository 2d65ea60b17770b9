/// Decides what becomes of a recording whose request failed but may succeed later: the server is being restarted, loads
/// its model, or is busy. Does no I/O.
struct ServerPatience {
    enum Decision: Equatable {
        /// Send the recording again after this pause.
        case wait(Duration)
        /// Only this recording fails again and again.
        case giveUp
        /// The server is away.
        case end
    }

    /// How long the server is waited for.
    let limit: Duration
    /// The requests that a server has received completely and not answered yet.
    var inHand = 0

    /// Whether any request got a response.
    private(set) var hasAnswered = false
    private var lastResult: ContinuousClock.Instant?

    private static let firstTries = 4
    private static let longestPause = Duration.seconds(30)

    init(limit: Duration = .seconds(600)) { self.limit = limit }

    /// Notes that the server has done its work on a recording, or has refused it.
    mutating func answered(at now: ContinuousClock.Instant) {
        hasAnswered = true
        lastResult = now
    }

    /// Decides after an error with `mayBeRepeated`, the `attempt`th of this recording, whose first was at `beginning`.
    mutating func decide(
        on error: ClientError, attempt: Int, since beginning: ContinuousClock.Instant, now: ContinuousClock.Instant
    ) -> Decision {
        hasAnswered = hasAnswered || error.status != nil
        // No server was there from the start: the address is wrong, or it was never started.
        guard hasAnswered || attempt < Self.firstTries else { return .end }
        let pause = error.retryAfter ?? .seconds(1 << min(attempt - 1, 10))
        let wait = Decision.wait(min(pause, Self.longestPause))
        guard now - beginning >= limit else { return wait }
        // The server is full of recordings that take long, some of which are ours.
        if error.status == 429, inHand > 0 { return wait }
        return lastResult.map { $0 > beginning } ?? false ? .giveUp : .end
    }
}
