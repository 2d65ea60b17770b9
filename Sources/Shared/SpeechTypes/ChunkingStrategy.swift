/// How a request wants its recording cut into stretches of speech.
///
/// The defaults are OpenAI's for `server_vad` (openapi.yaml, `VadConfig`).
public struct ChunkingStrategy: Sendable, Equatable, Codable {
    /// How sure the detector has to be that somebody speaks, 0…1.
    public var threshold: Double
    /// Sound kept before speech.
    public var prefixPadding: Duration
    /// The pause that ends a stretch.
    public var silence: Duration

    /// Describes a strategy.
    public init(
        threshold: Double = 0.5, prefixPadding: Duration = .milliseconds(300), silence: Duration = .milliseconds(200)
    ) {
        self.threshold = threshold
        self.prefixPadding = prefixPadding
        self.silence = silence
    }
}
