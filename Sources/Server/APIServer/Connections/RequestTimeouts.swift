/// Measures how fast requests arrive on a connection, and decides when to give up: a value without a clock.
struct RequestTimeouts {
    typealias Instant = ContinuousClock.Instant

    enum Verdict: Equatable {
        /// Check again at this time.
        case wait(until: Instant)
        /// No request is being received: check again when one begins.
        case rest
        /// The head of a request takes too long; `isBegun` if some of it has arrived.
        case headTooSlow(isBegun: Bool)
        /// The body of a request arrives too slowly.
        case bodyTooSlow
    }

    private enum Phase {
        case head(since: Instant, isBegun: Bool)
        case body(since: Instant, bytes: Int)
        case between
    }

    private let limits: ConnectionLimits
    private var phase: Phase

    /// The first head is timed from the start of the connection.
    init(limits: ConnectionLimits, openedAt start: Instant) {
        self.limits = limits
        phase = .head(since: start, isBegun: false)
    }

    var isInBody: Bool {
        if case .body = phase { true } else { false }
    }

    /// Notes bytes that do not complete a part of a request.
    mutating func receiveBytes(at now: Instant) {
        switch phase {
        case .between: phase = .head(since: now, isBegun: true)
        case .head(let start, _): phase = .head(since: start, isBegun: true)
        case .body: break
        }
    }

    /// Notes a complete head; its body follows.
    mutating func receiveHead(at now: Instant) { phase = .body(since: now, bytes: 0) }

    mutating func receiveBody(_ count: Int) {
        if case .body(let start, let bytes) = phase { phase = .body(since: start, bytes: bytes + count) }
    }

    mutating func receiveEnd() { phase = .between }

    /// Checks the timeouts. If the server is not ready to read (`isClientsTurn`), the client is not to blame: its time
    /// restarts.
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
