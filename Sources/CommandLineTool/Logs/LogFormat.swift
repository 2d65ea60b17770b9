import Logging

/// How the log is written, by the words of `--log-format`.
enum LogFormat: String, CaseIterable {
    case text, json

    /// What writes lines of this format to standard error.
    func handler(label: String) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler.standardError(label: label)
        case .json: JSONLogHandler { StandardError.write($0) }
        }
    }
}
