/// The state of a model's decode lanes at one moment.
public struct LaneLoad: Sendable, Equatable, Codable {
    /// How many segments can be decoded at the same time.
    public var lanes: Int
    /// How many are being decoded: up to one more than `lanes` if a short recording is decoded beside long ones.
    public var busy: Int
    /// How many wait for a lane.
    public var waiting: Int
    /// How many have been decoded since the model was loaded.
    public var decoded: Int

    /// Makes a state.
    public init(lanes: Int, busy: Int, waiting: Int, decoded: Int) {
        self.lanes = lanes
        self.busy = busy
        self.waiting = waiting
        self.decoded = decoded
    }
}
