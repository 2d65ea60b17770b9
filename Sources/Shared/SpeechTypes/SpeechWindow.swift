/// The window of the voice activity model.
public enum SpeechWindow {
    /// Samples at 16 kHz in a window; the model takes no other number (Tests/Fixtures/VERIFY.md).
    public static let samples = 512
}
