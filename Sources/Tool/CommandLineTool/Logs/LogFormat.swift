import Logging
import Synchronization

/// The format of the log: the values of `--log-format`.
enum LogFormat: String, CaseIterable {
    case text, json

    /// The label of our log.
    static let label = "asr2clip"

    /// Creates a handler that passes lines of this format to `write`, each with its end.
    func handler(label: String, write: @escaping @Sendable (String) -> Void) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler(label: label, stream: LineStream(take: write))
        case .json: JSONLogHandler(write: write)
        }
    }
}

extension LogFormat {
    /// The line that is written in place of lost lines.
    @Sendable func notice(of count: Int) -> String {
        let line = Mutex("")
        let logger = Logger(label: Self.label) { handler(label: $0) { text in line.withLock { $0 += text } } }
        logger.warning(
            "Lines of the log are missing here: they could not be written in time.",
            metadata: ["lines": .stringConvertible(count)])
        return line.withLock { $0 }
    }
}

/// A stream that is written one line at a time.
private struct LineStream: TextOutputStream, Sendable {
    let take: @Sendable (String) -> Void

    mutating func write(_ line: String) { take(line) }
}

extension LogWriter {
    /// Starts writing the log to standard error.
    ///
    /// - Parameters:
    ///   - format: The format of the lines.
    ///   - onLoss: Called with the number of newly lost lines.
    convenience init(_ format: LogFormat, onLoss: @escaping @Sendable (Int) -> Void) {
        self.init(notice: format.notice, onLoss: onLoss)
    }
}
