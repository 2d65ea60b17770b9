import Logging
import Synchronization

/// How the log is written, by the words of `--log-format`.
enum LogFormat: String, CaseIterable {
    case text, json

    /// What our log calls itself.
    static let label = "asr2clip"

    /// What makes lines of this format and hands them on, each with its end.
    func handler(label: String, write: @escaping @Sendable (String) -> Void) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler(label: label, stream: LineStream(take: write))
        case .json: JSONLogHandler(write: write)
        }
    }
}

extension LogFormat {
    /// The line that stands where lines are missing.
    @Sendable func notice(of count: Int) -> String {
        let line = Mutex("")
        let logger = Logger(label: Self.label) { handler(label: $0) { text in line.withLock { $0 += text } } }
        logger.warning(
            "Lines of the log are missing here: they could not be written in time.",
            metadata: ["lines": .stringConvertible(count)])
        return line.withLock { $0 }
    }
}

/// A stream that is written a line at a time.
private struct LineStream: TextOutputStream, Sendable {
    let take: @Sendable (String) -> Void

    mutating func write(_ line: String) { take(line) }
}

extension LogWriter {
    /// Begins to write the log to standard error.
    ///
    /// - Parameters:
    ///   - format: Of the lines.
    ///   - onLoss: Told how many lines are lost now.
    convenience init(_ format: LogFormat, onLoss: @escaping @Sendable (Int) -> Void) {
        self.init(notice: format.notice, onLoss: onLoss)
    }
}
