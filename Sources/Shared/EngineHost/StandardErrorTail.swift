import Synchronization

/// The last lines an engine wrote before it ended: usually why.
final class StandardErrorTail: Sendable {
    private static let limit = 8
    private let lines = Mutex<[String]>([])

    /// Adds a line, and forgets the oldest if there are too many. A stack trace, which comes behind the reason, is left
    /// out.
    func add(_ line: String) {
        guard !Self.isOfStackTrace(line) else { return }
        lines.withLock { lines in
            lines.append(line)
            if lines.count > Self.limit { lines.removeFirst() }
        }
    }

    /// As Swift's runtime writes one: `7    libswiftCore.so    0x00007fc8196ee650 Array.append<A>(contentsOf:) + 372`.
    private static func isOfStackTrace(_ line: String) -> Bool {
        line == "Current stack trace:" || line.prefixMatch(of: /\d+\s+\S+\s+0x[0-9a-f]{16}\b/) != nil
    }

    /// The lines, in order, as one.
    var text: String { lines.withLock { $0.joined(separator: " ") } }
}
