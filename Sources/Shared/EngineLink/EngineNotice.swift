import Essentials

/// A line of JSON that an engine writes to its standard output: about its process, not about one of its jobs.
///
/// The engine writes the first line at once; it has the version.
public enum EngineNotice: Codable, Sendable, Equatable {
    /// The engine's version.
    case version(String)
    /// A message for the log.
    case warning(String)
    /// The engine is still loading, and has read more of its model since the last such line.
    case loading
    /// The engine is ready for jobs.
    case ready
    /// The engine cannot do its job, and why.
    case failed(String)

    /// The notice with its texts made safe to print.
    public var printable: EngineNotice {
        switch self {
        case .version(let text): .version(text.printable)
        case .warning(let text): .warning(text.printable)
        case .failed(let text): .failed(text.printable)
        case .loading, .ready: self
        }
    }

    /// The most bytes of a line that are read.
    public static let longestLine = 1 << 16
}

/// The version that all programs of the package share.
public enum Version {
    /// The text that `--version` prints.
    public static let text = "0.1.0"
}
