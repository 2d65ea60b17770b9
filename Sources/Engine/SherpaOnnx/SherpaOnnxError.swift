/// The library said no.
public struct SherpaOnnxError: Error, Equatable, CustomStringConvertible {
    /// Which call failed.
    public enum Code: Sendable {
        /// No recognizer came of the configuration.
        case notCreated
        /// A file is not the model that it should be.
        case wrongModel
        /// Fewer samples than `OfflineRecognizer.minimumSamples`.
        case tooFewSamples
        /// Hotwords for a recognizer that takes none, or such that the library would abort over.
        case hotwordsRefused
        /// The library gave no stream or no result, or hid an exception behind an empty result.
        case decodingFailed
    }

    /// Which call failed.
    public let code: Code
    /// What the library printed during the call, without its source positions; may be empty.
    public let words: String

    init(_ code: Code, printed: String) {
        self.code = code
        words = Self.tidied(printed)
    }

    /// Removes the `FILE:FUNCTION:LINE` that the library's log macro puts first, and folds the rest into one line.
    private static func tidied(_ printed: String) -> String {
        printed.split(separator: "\n")
            .map { line in
                let position = line.prefixMatch(of: /\S+\.(?:cc|h):\S+:\d+\s/)
                return position.map { line[$0.range.upperBound...] } ?? line
            }
            .filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// The code and the library's words.
    public var description: String { words.isEmpty ? "\(code)" : "\(code): \(words)" }
}
