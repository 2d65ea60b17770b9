import Synchronization

/// Counts connections, and decides what happens to a new one: a value without I/O.
struct ConnectionCount {
    /// What happens to a connection.
    enum Admission: Equatable {
        /// Its requests are served.
        case admitted
        /// Its first request is answered with an error; `isFirst` if there was room just before.
        case refused(isFirst: Bool)
        /// The error is sent at once: too many refused connections are waiting already.
        case turnedAway
    }

    let maximum: Int
    /// How many connections may wait for their refusal.
    let waiting: Int
    private(set) var admitted = 0
    private(set) var refused = 0
    private var isFull = false

    init(maximum: Int, waiting: Int = 64) {
        self.maximum = maximum
        self.waiting = waiting
    }

    mutating func open() -> Admission {
        if admitted < maximum {
            admitted += 1
            isFull = false
            return .admitted
        }
        guard refused < waiting else { return .turnedAway }
        refused += 1
        defer { isFull = true }
        return .refused(isFirst: !isFull)
    }

    mutating func close(_ admission: Admission) {
        switch admission {
        case .admitted: admitted -= 1
        case .refused: refused -= 1
        case .turnedAway: break
        }
    }
}

/// The count of a server's connections, shared by all of them.
final class ConnectionLimit: Sendable {
    let maximum: Int
    private let count: Mutex<ConnectionCount>

    init(maximum: Int) {
        self.maximum = maximum
        count = Mutex(ConnectionCount(maximum: maximum))
    }

    func open() -> ConnectionCount.Admission { count.withLock { $0.open() } }

    func close(_ admission: ConnectionCount.Admission) { count.withLock { $0.close(admission) } }
}
