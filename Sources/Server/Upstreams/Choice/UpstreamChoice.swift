import Essentials

/// Which of a model's servers gets the next request: the one with the fewest in hand, among those that are not to be left
/// alone for a while. Does no I/O and reads no clock.
struct UpstreamChoice: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Why a server gets no requests now.
    enum Rest: Sendable, Equatable {
        /// It has as many requests as it takes.
        case full
        /// It cannot be reached, or says that it is not ready.
        case down(reason: String)
        /// It refuses every request, until somebody changes the entry or the server.
        case misconfigured(reason: String)

        /// Why it cannot be used at all; `nil` if it is only full.
        var fault: String? {
            switch self {
            case .full: nil
            case .down(let reason), .misconfigured(let reason): reason
            }
        }
    }

    /// Who found out that a server is to be left alone: a request that it did not take, or the watch, which only asks what
    /// its models are.
    enum Observer: Sendable { case request, watch }

    private struct Server {
        var inHand = 0
        /// Grows with each choice: of equals, the one that was chosen longest ago is next.
        var chosen = 0
        /// How often it failed since it last answered, by who has seen that.
        var failures: [Observer: Int] = [:]
        /// How often it hung up since it last answered a request.
        var hangUps = 0
        /// How many requests in a row it took and failed on.
        var faults = 0
        /// Until when it is chosen only if there is no other.
        var isLastUntil: Instant?
        /// Whether it has ever answered, or failed.
        var isKnown = false
        var rest: Rest?
        var restsUntil: Instant?
        /// Who found out what `rest` says.
        var observer = Observer.request

        func mayWork(at now: Instant) -> Bool { restsUntil.map { now >= $0 } ?? true }

        func isLast(at now: Instant) -> Bool { isLastUntil.map { now < $0 } ?? false }
    }

    private var servers: [Server]
    private var choices = 0

    /// The first pause after a failure; it doubles with each further one.
    static let firstPause = Duration.seconds(1)
    /// After how many hang-ups in a row a server is left alone. After one, it may be the recording that kills servers.
    static let mostHangUps = 2
    /// After how many failed requests in a row the other servers come first: one that fails at once has the fewest in hand,
    /// and would get them all.
    static let mostFaults = 2
    /// The longest pause, also if a server asks for a longer one, unless it is full.
    static let longestPause = Duration.seconds(30)
    /// The longest pause of a server that is full. OpenAI's clients ignore waits above a minute.
    static let longestFullPause = Duration.seconds(60)

    init(servers count: Int) { servers = Array(repeating: Server(), count: count) }

    /// Chooses a server for a request, and counts the request as in its hands; `nil` if there is none beside those that
    /// were tried.
    mutating func next(besides tried: Set<Int>, at now: Instant) -> Int? {
        let able = servers.indices.filter { !tried.contains($0) && servers[$0].mayWork(at: now) }
        func rank(_ index: Int) -> (Int, Int, Int) {
            (servers[index].isLast(at: now) ? 1 : 0, servers[index].inHand, servers[index].chosen)
        }
        guard let best = able.min(by: { rank($0) < rank($1) }) else { return nil }
        choices += 1
        servers[best].chosen = choices
        servers[best].inHand += 1
        return best
    }

    /// A request is no longer in a server's hands. A server that failed on the latest ones comes last, for a time that
    /// grows with each further one.
    mutating func release(_ index: Int, _ outcome: UpstreamOutcome, at now: Instant) {
        servers[index].inHand -= 1
        switch outcome {
        case .answered, .refused:
            servers[index].faults = 0
            servers[index].isLastUntil = nil
        case .failed, .timedOut:
            servers[index].faults += 1
            guard servers[index].faults >= Self.mostFaults else { return }
            servers[index].isLastUntil = now + Self.pause(after: servers[index].faults - Self.mostFaults)
        case .full, .unavailable, .misconfigured, .cancelled: break
        }
    }

    /// The server has answered a request.
    mutating func succeed(_ index: Int) {
        servers[index].isKnown = true
        servers[index].failures = [:]
        servers[index].hangUps = 0
        servers[index].rest = nil
        servers[index].restsUntil = nil
    }

    /// The server has answered the watch. That ends no pause that a request found out, nor makes the next one shorter: a
    /// server may tell of its models and yet take no requests.
    mutating func greet(_ index: Int, at now: Instant) {
        servers[index].isKnown = true
        servers[index].failures[.watch] = nil
        guard servers[index].observer == .watch || servers[index].mayWork(at: now) else { return }
        servers[index].rest = nil
        servers[index].restsUntil = nil
    }

    /// The server hung up in the middle of a request.
    mutating func hangUp(_ index: Int, at now: Instant) {
        servers[index].hangUps += 1
        guard servers[index].hangUps >= Self.mostHangUps else { return }
        rest(index, .down(reason: "it hung up without an answer"), after: nil, at: now)
    }

    /// The server takes no requests for now, as long as it says, or for a time that grows with each failure in a row. The
    /// watch does not change a pause that a request found out.
    mutating func rest(
        _ index: Int, _ rest: Rest, after pause: Duration?, seenBy observer: Observer = .request, at now: Instant
    ) {
        var server = servers[index]
        guard observer == .request || server.observer == .watch || server.mayWork(at: now) else { return }
        server.isKnown = true
        server.rest = rest
        server.observer = observer
        if case .full = rest {
            server.restsUntil = now + min(max(pause ?? Self.firstPause, Self.firstPause), Self.longestFullPause)
        } else {
            let growing = Self.pause(after: server.failures[observer, default: 0])
            server.failures[observer, default: 0] += 1
            server.restsUntil = now + min(max(pause ?? .zero, growing), Self.longestPause)
        }
        servers[index] = server
    }

    /// The pause after so many failures before this one.
    private static func pause(after failures: Int) -> Duration {
        min(firstPause * (1 << min(failures, 8)), longestPause)
    }

    /// How many requests each server has in hand.
    var inHand: [Int] { servers.map(\.inHand) }

    /// Whether a server answered when it was last asked; `nil` if it never was. A full one has answered.
    func isUp(_ index: Int) -> Bool? { servers[index].isKnown ? servers[index].rest?.fault == nil : nil }

    /// Why a server cannot be used; `nil` if it can, or is only full.
    func fault(of index: Int) -> String? { servers[index].rest?.fault }

    /// Whether a server is to be left alone now.
    func isResting(_ index: Int, at now: Instant) -> Bool { !servers[index].mayWork(at: now) }

    /// What to tell a request for which no server is left.
    struct Outlook: Equatable {
        /// Whether a server would take the request, if it had not too many.
        var isFull: Bool
        /// Whether nothing will change by itself.
        var isMisconfigured: Bool
        /// When the first of the servers, or of the full ones, may take a request: from a second to a minute.
        var retryAfter: Duration
    }

    /// What to tell a request that found the servers in `full` to be full, even if their pauses are over by now, and those
    /// in `wrong` to be set up wrongly for it.
    func outlook(full: Set<Int>, wrong: Set<Int>, at now: Instant) -> Outlook {
        let full = servers.indices.filter { index in
            full.contains(index) || servers[index].rest == .full && !servers[index].mayWork(at: now)
        }
        let waits = (full.isEmpty ? Array(servers.indices) : full).map { index in
            servers[index].restsUntil.map { $0 - now } ?? .zero
        }
        let seconds = ((waits.min() ?? .zero) / .seconds(1)).rounded(.up)
        return Outlook(
            isFull: !full.isEmpty,
            isMisconfigured: servers.indices.allSatisfy { index in
                if case .misconfigured = servers[index].rest { true } else { wrong.contains(index) }
            },
            retryAfter: .seconds(min(60, max(1, seconds))))
    }
}
