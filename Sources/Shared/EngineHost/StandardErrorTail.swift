import Synchronization

/// The last lines an engine wrote to standard error; they usually say why it ended.
final class StandardErrorTail: Sendable {
    private static let limit = 8
    private let lines = Mutex<[String]>([])

    /// Adds a line, and drops the oldest if there are too many. Skips the stack trace that follows an error message.
    func add(_ line: String) {
        guard !Self.isOfStackTrace(line) else { return }
        lines.withLock { lines in
            lines.append(line)
            if lines.count > Self.limit { lines.removeFirst() }
        }
    }

    /// In the format of Swift's runtime: `7    libswiftCore.so    0x00007fc8196ee650 Array.append<A>(contentsOf:) +
    /// 372`.
    private static func isOfStackTrace(_ line: String) -> Bool {
        line == "Current stack trace:" || line.prefixMatch(of: /\d+\s+\S+\s+0x[0-9a-f]{16}\b/) != nil
    }

    /// The lines in order, joined by spaces.
    var text: String { lines.withLock { $0.joined(separator: " ") } }
}
