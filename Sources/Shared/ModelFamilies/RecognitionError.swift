/// Why a recognition failed.
public struct RecognitionError: Error, Sendable {
    /// The kinds of failure.
    public enum Code: Sendable {
        /// A file of the model is missing, damaged or of another kind, or the library rejected it.
        case modelUnusable
        /// The model does not support the language.
        case unsupportedLanguage
        /// The model does not support the task.
        case unsupportedTask
        /// The library failed on this audio.
        case decodingFailed
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, on which value, and what to do.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
