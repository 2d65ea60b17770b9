/// How long a decode may take before it counts as hung.
public struct DecodePatience: Codable, Sendable, Equatable {
    /// The base for any audio: the machine may be short of memory, or its cores busy.
    public var floor: Duration
    /// Additional seconds for each second of audio: a slower model would be of no use.
    public var factor: Double

    /// A minute, plus half a minute for each second of audio.
    public static let standard = DecodePatience(floor: .seconds(60))

    /// Sets the limits.
    public init(floor: Duration, factor: Double = 30) {
        self.floor = floor
        self.factor = factor
    }

    /// The limit for a call.
    ///
    /// - Parameter samples: The length of audio in the call, in samples at 16 kHz.
    /// - Returns: The longest time it may take.
    public func limit(samples: Int) -> Duration { floor + Duration(samples: samples) * factor }
}
