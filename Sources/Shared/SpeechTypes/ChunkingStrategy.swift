/// How a request wants its recording cut into stretches of speech.
///
/// The defaults are OpenAI's for `server_vad` (openapi.yaml, `VadConfig`).
public struct ChunkingStrategy: Sendable, Equatable, Codable {
    /// The probability from which audio counts as speech, 0…1.
    public var threshold: Double
    /// The audio kept before speech.
    public var prefixPadding: Duration
    /// The pause that ends a stretch.
    public var silence: Duration

    /// Makes a strategy.
    public init(
        threshold: Double = 0.5, prefixPadding: Duration = .milliseconds(300), silence: Duration = .milliseconds(200)
    ) {
        self.threshold = threshold
        self.prefixPadding = prefixPadding
        self.silence = silence
    }
}
