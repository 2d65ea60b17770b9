/// The state of a model's decode lanes at one moment.
package struct LaneLoad: Sendable, Equatable, Codable {
    package var lanes: Int
    /// How many are being decoded: up to one more than `lanes` if a short recording is decoded beside long ones.
    package var busy: Int
    package var waiting: Int
    /// How many have been decoded since the model was loaded.
    package var decoded: Int

    package init(lanes: Int, busy: Int, waiting: Int, decoded: Int) {
        self.lanes = lanes
        self.busy = busy
        self.waiting = waiting
        self.decoded = decoded
    }
}

/// How long a decode may take before it counts as hung.
package struct DecodePatience: Codable, Sendable, Equatable {
    /// The base for any audio: the machine may be short of memory, or its cores busy.
    package var floor: Duration
    /// Additional seconds for each second of audio: a slower model would be of no use.
    package var factor: Double

    /// A minute, plus half a minute for each second of audio.
    package static let standard = DecodePatience(floor: .seconds(60))

    package init(floor: Duration, factor: Double = 30) {
        self.floor = floor
        self.factor = factor
    }

    /// The limit for a call with this many samples of audio at 16 kHz.
    package func limit(samples: Int) -> Duration { floor + Duration(samples: samples) * factor }
}
