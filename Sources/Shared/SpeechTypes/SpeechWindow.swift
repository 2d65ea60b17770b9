/// What the voice activity model hears at once.
public enum SpeechWindow {
    /// How many samples at 16 kHz it takes: exactly these (Tests/Fixtures/VERIFY.md).
    public static let samples = 512
}
