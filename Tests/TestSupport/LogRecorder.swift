public import Logging
import Synchronization

/// Records log messages of every level.
public final class LogRecorder: Sendable {
    private let kept = Mutex<[(level: Logger.Level, message: String, metadata: String)]>([])

    /// Creates a recorder without messages.
    public init() {}

    /// The messages so far.
    public var messages: [String] { kept.withLock { $0.map(\.message) } }

    /// The lines so far: level and message.
    public var lines: [String] { kept.withLock { $0.map { "\($0.level): \($0.message)" } } }

    /// The messages so far with their metadata, sorted by name: `Answered. path=/health status=200`.
    public var details: [String] { kept.withLock { $0.map { "\($0.message) \($0.metadata)" } } }

    /// The details of warnings and errors.
    public var troubles: [String] {
        kept.withLock { $0.filter { $0.level >= .warning }.map { "\($0.message) \($0.metadata)" } }
    }

    /// The same, which are then removed, because a test expected them.
    public func takeTroubles() -> [String] {
        defer { kept.withLock { $0.removeAll { $0.level >= .warning } } }
        return troubles
    }

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
            let metadata = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0)=\($1)" }.sorted()
            recorder.kept.withLock {
                $0.append((event.level, "\(event.message)", metadata.joined(separator: " ")))
            }
        }
    }
}
