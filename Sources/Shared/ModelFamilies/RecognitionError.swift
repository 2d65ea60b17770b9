/// Recognition that could not be done.
public struct RecognitionError: Error, Sendable {
    /// Why.
    public enum Code: Sendable {
        /// A file of the model is missing, damaged or of another kind, or the library refused it.
        case modelUnusable
        /// The model does not know the language.
        case unsupportedLanguage
        /// The model cannot do what is wanted with the speech.
        case unsupportedTask
        /// The library failed on this sound.
        case decodingFailed
    }

    /// Why.
    public let code: Code
    /// What failed, on which value, and what to do.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
