/// What the decode lanes of a model are doing at one moment.
public struct LaneLoad: Sendable, Equatable, Codable {
    /// How many segments can be decoded at once.
    public var lanes: Int
    /// How many are being decoded: one more than there are lanes where a short recording came beside long ones.
    public var busy: Int
    /// How many wait for a lane.
    public var waiting: Int
    /// How many have been decoded since the model was loaded.
    public var decoded: Int

    /// Describes a moment.
    public init(lanes: Int, busy: Int, waiting: Int, decoded: Int) {
        self.lanes = lanes
        self.busy = busy
        self.waiting = waiting
        self.decoded = decoded
    }
}
