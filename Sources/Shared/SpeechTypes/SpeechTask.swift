/// What is to be made of the speech.
public enum SpeechTask: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its text, in the language spoken.
    case transcribe
    /// Its meaning in another language: English, unless the model's options name one.
    case translate
}
