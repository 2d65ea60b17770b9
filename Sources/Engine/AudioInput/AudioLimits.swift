/// How much audio one recording may hold.
public struct AudioLimits: Sendable {
    /// A recording that lasts longer is refused.
    public var maximumDuration: Duration

    /// Sets the limits; six hours unless told otherwise.
    public init(maximumDuration: Duration = .seconds(6 * 3600)) {
        self.maximumDuration = maximumDuration
    }
}
