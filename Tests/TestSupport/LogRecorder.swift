public import Logging
import Synchronization

/// Records log messages of every level.
public final class LogRecorder: Sendable {
    private let kept = Mutex<[(level: Logger.Level, message: String)]>([])

    /// Creates a recorder without messages.
    public init() {}

    /// The messages so far.
    public var messages: [String] { kept.withLock { $0.map(\.message) } }

    /// The lines so far: level and message.
    public var lines: [String] { kept.withLock { $0.map { "\($0.level): \($0.message)" } } }

    /// A logger whose messages are recorded.
    public var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.kept.withLock { $0.append((event.level, "\(event.message)")) }
        }
    }
}
