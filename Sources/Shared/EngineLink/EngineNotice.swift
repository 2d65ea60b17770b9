import Essentials

/// A line of JSON that an engine writes to its standard output: about its process, not about one of its jobs. The first
/// line, written at once, has the version.
package enum EngineNotice: Codable, Sendable, Equatable {
    case version(String)
    case warning(String)
    /// The engine is still loading, and has read more of its model since the last such line.
    case loading
    case ready
    /// The engine cannot do its job, and why.
    case failed(String)

    /// The notice with its texts made safe to print.
    package var printable: EngineNotice {
        switch self {
        case .version(let text): .version(text.printable)
        case .warning(let text): .warning(text.printable)
        case .failed(let text): .failed(text.printable)
        case .loading, .ready: self
        }
    }

    /// The most bytes of a line that are read.
    package static let longestLine = 1 << 16
}

/// The version that all programs of the package share.
package enum Version {
    package static let text = "0.1.0"
}
