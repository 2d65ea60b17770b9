/// What one connection may take, and how many there may be.
public struct ConnectionLimits: Sendable {
    /// The most connections at a time.
    public var maximum: Int
    /// How long the head of a request may take from its first byte, that of the first from the connection's beginning.
    public var headTime: Duration
    /// How long a connection may be silent while a request is awaited or sent; work on an answer does not count.
    public var idleTime: Duration
    /// The fewest bytes a second that a request's body has to come with, and an answer has to be taken with.
    public var minimumRate: Int
    /// The time over which that is measured.
    public var rateWindow: Duration

    /// The most uploads that may be on their way at a time: they leave a quarter of the connections to all else.
    var uploads: Int { max(1, maximum - maximum / 4) }

    /// The defaults of the command line.
    public init(
        maximum: Int = 1024, headTime: Duration = .seconds(15), idleTime: Duration = .seconds(75),
        minimumRate: Int = 500, rateWindow: Duration = .seconds(60)
    ) {
        self.maximum = maximum
        self.headTime = headTime
        self.idleTime = idleTime
        self.minimumRate = minimumRate
        self.rateWindow = rateWindow
    }
}
