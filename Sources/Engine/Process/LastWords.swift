import Synchronization

/// The last lines an engine wrote before it ended: usually why.
final class LastWords: Sendable {
    private static let limit = 8
    private let lines = Mutex<[String]>([])

    /// Adds a line, and forgets the oldest if there are too many.
    func add(_ line: String) {
        lines.withLock { lines in
            lines.append(line)
            if lines.count > Self.limit { lines.removeFirst() }
        }
    }

    /// The lines, in order, as one.
    var text: String { lines.withLock { $0.joined(separator: " ") } }
}
