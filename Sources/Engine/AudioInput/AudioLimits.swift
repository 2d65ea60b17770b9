/// How long a recording may be.
public struct AudioLimits: Sendable {
    /// Longer recordings are refused.
    public var maximumDuration: Duration

    /// Sets the limit; six hours by default.
    public init(maximumDuration: Duration = .seconds(6 * 3600)) {
        self.maximumDuration = maximumDuration
    }
}
