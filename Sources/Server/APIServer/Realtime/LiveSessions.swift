import Essentials
import PrometheusMetrics
import Synchronization

/// A live session, heard here or on another server.
protocol LiveSessionInHand: Sendable {
    /// What the log and `/v1/ps` tell.
    var summary: SessionSummary { get async }
    /// The sound that this server has to give a text to, by the name of the model.
    var backlogs: [String: Duration] { get async }
}

/// The live sessions of a server: how many there may be, and what each is doing.
final class LiveSessions: Sendable {
    /// A session's place, held until it is left.
    struct Place: Sendable {
        private let sessions: LiveSessions
        private let number: Int

        fileprivate init(_ sessions: LiveSessions, _ number: Int) {
            self.sessions = sessions
            self.number = number
        }

        /// The session has begun; it may have ended as well.
        func begin(_ session: any LiveSessionInHand) {
            sessions.state.withLock { state in
                if state.running[number] != nil { state.running[number] = .some(session) }
            }
        }

        /// Gives the place to others. A client that opens a session as soon as its last one is closed finds it free.
        func leave() {
            let wasHeld = sessions.state.withLock { $0.running.removeValue(forKey: number) != nil }
            if wasHeld { sessions.metrics.add(-1, to: .liveSessions) }
        }
    }

    private struct State {
        var next = 0
        /// `nil` for a session that has a place but has not begun.
        var running: [Int: (any LiveSessionInHand)?] = [:]
    }

    let limits: RealtimeLimits
    let metrics: MetricRegistry
    private let state = Mutex(State())

    init(_ limits: RealtimeLimits, metrics: MetricRegistry) {
        self.limits = limits
        self.metrics = metrics
    }

    /// Takes a place.
    ///
    /// - Throws: `APIError` 429 if all are taken.
    func enter() throws(APIError) -> Place {
        let number = state.withLock { state -> Int? in
            guard state.running.count < limits.sessions else { return nil }
            state.next += 1
            state.running[state.next] = .some(nil)
            return state.next
        }
        guard let number else {
            throw APIError(
                status: .tooManyRequests, code: "rate_limit_exceeded",
                message: "This server has \(limits.sessions) live sessions, as many as it may (--max-sessions). "
                    + "Try again when one has ended.",
                retryAfter: .seconds(10))
        }
        metrics.add(to: .liveSessions)
        return Place(self, number)
    }

    /// What each session is doing, in the order of their beginnings.
    var summaries: [SessionSummary] {
        get async {
            var summaries: [SessionSummary] = []
            for session in sessions { summaries.append(await session.summary) }
            return summaries
        }
    }

    /// The sound of all sessions that has no text yet, by the name of the model.
    var backlogs: [String: Duration] {
        get async {
            var backlogs: [String: Duration] = [:]
            for session in sessions { backlogs.merge(await session.backlogs, uniquingKeysWith: +) }
            return backlogs
        }
    }

    /// The sessions that have begun, in that order.
    private var sessions: [any LiveSessionInHand] {
        state.withLock { state in state.running.keys.sorted().compactMap { state.running[$0] ?? nil } }
    }
}
