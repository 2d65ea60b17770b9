import Essentials
import Logging
import Synchronization
import TranscriptFormats

/// The format of the log: the values of `--log-format`.
enum LogFormat: String, CaseIterable {
    case text, json

    /// A handler that passes lines of this format to `write`, each with its end.
    func handler(label: String, write: @escaping @Sendable (String) -> Void) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler(label: label, stream: LineStream(take: write))
        case .json: JSONLogHandler(write: write)
        }
    }

    func logger(_ level: Logger.Level = .info, write: @escaping @Sendable (String) -> Void) -> Logger {
        var logger = Logger(label: "asr2clip") { handler(label: $0, write: write) }
        logger.logLevel = level
        return logger
    }

    /// The line that is written in place of lost lines.
    @Sendable func notice(of count: Int) -> String {
        let line = Mutex("")
        logger { text in line.withLock { $0 += text } }.warning(
            "Lines of the log are missing here: they could not be written in time.",
            metadata: ["lines": .stringConvertible(count)])
        return line.withLock { $0 }
    }
}

extension Logger {
    /// For commands that report failures themselves.
    static var silent: Logger { LogFormat.text.logger(.critical, write: StandardError.write) }
}

private struct LineStream: TextOutputStream, Sendable {
    let take: @Sendable (String) -> Void

    mutating func write(_ line: String) { take(line) }
}

/// A log of JSON objects, one per line: `time` (RFC 3339, UTC), `level`, `message`, and then the metadata by name.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let write: @Sendable (String) -> Void

    init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = metadataProvider?.get() ?? [:]
        metadata.merge(self.metadata) { $1 }
        metadata.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error, metadata["error"] == nil { metadata["error"] = "\(error)" }
        var members: [(String, JSONValue)] = [
            ("time", .string(Date().formatted(Self.time))), ("level", .string(event.level.rawValue)),
            ("message", .string("\(event.message)")),
        ]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            // A name must be unique in an object.
            members.append((Self.reserved.contains(key) ? "metadata.\(key)" : key, JSONValue(value)))
        }
        write(JSONValue.object(members).text + "\n")
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let reserved: Set<String> = ["time", "level", "message"]
}

extension JSONValue {
    fileprivate init(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .stringConvertible(let value):
            switch value {
            case let value as Bool: self = .bool(value)
            case let value as Int: self = .integer(value)
            case let value as Double: self = .number(value)
            default: self = .string(value.description)
            }
        case .array(let values): self = .array(values.map(JSONValue.init))
        case .dictionary(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
        }
    }
}
