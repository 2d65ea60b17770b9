/// How long a decode may take before it counts as one that never ends.
public struct DecodePatience: Codable, Sendable, Equatable {
    /// For any sound: a machine may be short of memory, or its cores busy with something else.
    public var floor: Duration
    /// More for each second of sound: a model so slow is of no use.
    public var factor: Double

    /// A minute, and half a minute for each second of sound.
    public static let standard = DecodePatience(floor: .seconds(60))

    /// Says how long.
    public init(floor: Duration, factor: Double = 30) {
        self.floor = floor
        self.factor = factor
    }

    /// The limit for a call.
    ///
    /// - Parameter samples: The sound in the call, at 16 kHz.
    /// - Returns: The longest time for it.
    public func limit(samples: Int) -> Duration { floor + Duration(samples: samples) * factor }
}
