/// The kind of output.
public enum SpeechTask: String, Sendable, Hashable, Codable, CaseIterable {
    /// The text, in the language spoken.
    case transcribe
    /// A translation: to English, unless the model's options set another language.
    case translate
}
