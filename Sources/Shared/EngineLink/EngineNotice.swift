import Essentials

/// A line that an engine writes to its standard output, as JSON: about its process, and not about one of its jobs.
///
/// The first one comes at once and has the version.
public enum EngineNotice: Codable, Sendable, Equatable {
    /// The engine's version.
    case version(String)
    /// Something for the log.
    case warning(String)
    /// It is still loading, and has read more of its model since the last such line.
    case loading
    /// It is ready for jobs.
    case ready
    /// It cannot do what it is for, and why.
    case failed(String)

    /// The notice as it may be shown to people, whatever its texts hold.
    public var printable: EngineNotice {
        switch self {
        case .version(let text): .version(text.printable)
        case .warning(let text): .warning(text.printable)
        case .failed(let text): .failed(text.printable)
        case .loading, .ready: self
        }
    }

    /// The most bytes of a line that are taken.
    public static let longestLine = 1 << 16
}

/// The version of all our programs, which belong together.
public enum Version {
    /// As `--version` says it.
    public static let text = "0.1.0"
}
