import Logging
import Synchronization

/// Records log messages.
final class LogRecorder: Sendable {
    private let kept = Mutex<[String]>([])

    /// The lines so far: level and message.
    var lines: [String] { kept.withLock { $0 } }

    /// A logger that records every level.
    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.kept.withLock { $0.append("\(event.level): \(event.message)") }
        }
    }
}
