/// An error of sherpa-onnx.
public struct SherpaOnnxError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: Sendable {
        /// The library made no recognizer of the configuration.
        case notCreated
        /// A file is not the expected model.
        case wrongModel
        /// Fewer samples than `OfflineRecognizer.minimumSamples`.
        case tooFewSamples
        /// The recognizer takes no hotwords, or the library would abort on them.
        case hotwordsRefused
        /// The library returned no stream or no result, or an exception occurred, for which it returns an empty result.
        case decodingFailed
    }

    /// The kind of failure.
    public let code: Code
    /// The library's output during the call, without source positions; may be empty.
    public let words: String

    init(_ code: Code, printed: String) {
        self.code = code
        words = Self.tidied(printed)
    }

    /// Removes the prefix `FILE:FUNCTION:LINE` of the library's log macro, and joins the lines.
    private static func tidied(_ printed: String) -> String {
        printed.split(separator: "\n")
            .map { line in
                let position = line.prefixMatch(of: /\S+\.(?:cc|h):\S+:\d+\s/)
                return position.map { line[$0.range.upperBound...] } ?? line
            }
            .filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// The code and the library's output.
    public var description: String { words.isEmpty ? "\(code)" : "\(code): \(words)" }
}
