/// How fast requests come in on a connection, and when to give up on them: a value that knows no clock.
struct RequestTimeouts {
    typealias Instant = ContinuousClock.Instant

    /// What to do at a time.
    enum Verdict: Equatable {
        /// Look again then.
        case wait(until: Instant)
        /// No request is on its way: look again when one begins.
        case rest
        /// The head of a request takes too long; `isBegun` if there was a byte of it.
        case headTooSlow(isBegun: Bool)
        /// The body of a request crawls.
        case bodyTooSlow
    }

    private enum Phase {
        case head(since: Instant, isBegun: Bool)
        case body(since: Instant, bytes: Int)
        case between
    }

    private let limits: ConnectionLimits
    private var phase: Phase

    /// The first head is due from the beginning of the connection.
    init(limits: ConnectionLimits, openedAt start: Instant) {
        self.limits = limits
        phase = .head(since: start, isBegun: false)
    }

    /// Whether the body of a request is on its way.
    var isInBody: Bool {
        if case .body = phase { true } else { false }
    }

    /// Bytes came that are no whole part of a request yet.
    mutating func receiveBytes(at now: Instant) {
        switch phase {
        case .between: phase = .head(since: now, isBegun: true)
        case .head(let start, _): phase = .head(since: start, isBegun: true)
        case .body: break
        }
    }

    /// A head is complete; its body follows.
    mutating func receiveHead(at now: Instant) { phase = .body(since: now, bytes: 0) }

    /// Some of a body came.
    mutating func receiveBody(_ count: Int) {
        if case .body(let start, let bytes) = phase { phase = .body(since: start, bytes: bytes + count) }
    }

    /// A request is complete.
    mutating func receiveEnd() { phase = .between }

    /// Looks at the time.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - isClientsTurn: Whether the server is ready to read. The client cannot help it if not, and gets time anew.
    /// - Returns: When to look again, or what is wrong.
    mutating func check(at now: Instant, isClientsTurn: Bool) -> Verdict {
        switch phase {
        case .between: return .rest
        case .head(let start, let isBegun):
            if now < start + limits.headTime { return .wait(until: start + limits.headTime) }
            if isClientsTurn { return .headTooSlow(isBegun: isBegun) }
            phase = .head(since: now, isBegun: isBegun)
            return .wait(until: now + limits.headTime)
        case .body(let start, let bytes):
            if now < start + limits.rateWindow { return .wait(until: start + limits.rateWindow) }
            let passed = (now - start) / .seconds(1)
            if isClientsTurn, Double(bytes) < Double(limits.minimumRate) * passed { return .bodyTooSlow }
            phase = .body(since: now, bytes: 0)
            return .wait(until: now + limits.rateWindow)
        }
    }
}
